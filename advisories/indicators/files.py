"""Names of files. Some of their endings are top-level domains as well."""

from __future__ import annotations

# fmt: off
_ENDINGS = frozenset((
    "7z", "apk", "aspx", "asp", "bat", "bin", "bmp", "cfg", "chm", "cmd", "cpl", "csv", "dat", "deb", "dll", "dmg",
    "doc", "docm", "docx", "dotm", "elf", "eml", "exe", "gif", "gz", "hta", "htm", "html", "img", "ini", "iso", "jar",
    "jpeg", "jpg", "js", "jse", "json", "jsp", "lnk", "log", "msg", "msi", "msix", "ocx", "odt", "pdf", "php", "pif",
    "png", "ppt", "pptm", "pptx", "ps1", "psm1", "rar", "reg", "rpm", "rtf", "scr", "svg", "sys", "tar", "tgz", "tmp",
    "txt", "vbe", "vbs", "vhd", "vhdx", "wsf", "wsh", "xll", "xls", "xlsb", "xlsm", "xlsx", "xml", "xz",
))
# fmt: on
_BOTH = frozenset(("cab", "md", "mov", "ps", "py", "sh", "zip"))  # most people mean a file


def is_file(name: str) -> bool:
    """Whether a name as it stands in a text is a file's: `payload.zip` is, `login.evil.zip` is not."""
    first, *endings = name.lower().split(".")
    if not first or not endings:
        return False
    last = endings[-1]
    return last in _ENDINGS or (last in _BOTH and (len(endings) == 1 or endings[-2] in _ENDINGS | _BOTH))
