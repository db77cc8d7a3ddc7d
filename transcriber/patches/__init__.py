"""What is changed in other people's libraries: a file each, with `LIBRARY`, the `TESTED` versions and what it gains.

With any other version a patch leaves the library as it is, and says so in the log. Tests compare patched and plain.
"""
