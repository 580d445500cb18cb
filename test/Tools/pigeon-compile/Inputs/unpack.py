"""unpack.py PACKAGE FOLDER: unpacks a package and prints its members."""
import sys
import zipfile

package, folder = sys.argv[1:]
with zipfile.ZipFile(package) as archive:
    archive.extractall(folder)
    print(*archive.namelist())
