"""A program that edits a transcript in a new data folder without end, and says each number that it has written:
`python -m tests.support.editing FOLDER`."""

import sys
from itertools import count
from pathlib import Path

from tests.support.conversation import conversation
from tests.support.stored_jobs import add
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.documents import Documents
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs


def main(path: Path) -> None:
    folder = DataFolder(path)
    folder.open()
    jobs = Jobs(Database(folder.database), folder)
    results = Results(jobs.database, folder, jobs)
    results.finish(add(jobs).id, conversation())
    documents, (job,) = Documents(results), jobs.all()
    for number in count():
        revision = documents.get(job).history.revision
        documents.edit(job, None, revision, "words", {"first": 0, "count": 1, "text": f"{number}"})
        print(number, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
