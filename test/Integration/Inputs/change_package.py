"""change_package.py FROM TO MEMBER OLD NEW: a package in which the first OLD of a member is NEW,
with checksums that fit.
"""
import json
import sys
import zipfile
import zlib

source, target, changed, old, new = sys.argv[1:]
with zipfile.ZipFile(source) as archive:
    members = {name: archive.read(name) for name in archive.namelist()}
assert old.encode() in members[changed], f"no '{old}' in {changed}"
new = new.encode("latin-1").decode("unicode_escape").encode("latin-1")
members[changed] = members[changed].replace(old.encode(), new, 1)
manifest = json.loads(members["manifest.json"])
for name, entry in manifest["members"].items():
    entry["bytes"] = len(members[name])
    entry["crc32"] = f"{zlib.crc32(members[name]):08x}"
members["manifest.json"] = json.dumps(manifest).encode()
with zipfile.ZipFile(target, "w") as archive:
    for name, content in members.items():
        archive.writestr(name, content)
