"""What is changed in other people's libraries: a file each, with tested versions and what it gains."""
