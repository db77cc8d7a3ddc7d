"""Who speaks when, for any number of people: pyannote's segmentation network and the voices of 3D-Speaker's CAM++."""
