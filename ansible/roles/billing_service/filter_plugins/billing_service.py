"""Filters of the role billing_service. No message ever quotes a secret."""

import hashlib
import io
import os
import re
import tarfile
import zipfile
from urllib.parse import unquote

from ansible.errors import AnsibleFilterError

URL = re.compile(r"(?P<scheme>postgres(?:ql)?)://(?P<rest>.*)\Z", re.DOTALL)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def billing_jar(path):
    """What a jar on this machine is: whether it exists, its version by its manifest, its digest."""
    path = str(path).strip()
    if not os.path.isfile(path):
        return {"exists": False, "version": "unbuilt", "sha256": "0" * 64}
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    version = "unknown"
    try:
        with zipfile.ZipFile(path) as jar:
            manifest = jar.read("META-INF/MANIFEST.MF").decode("utf-8")
        found = re.search(r"^Implementation-Version: *([A-Za-z0-9.+~_-]+)\s*$", manifest, re.MULTILINE)
        if found:
            version = found.group(1)
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise AnsibleFilterError(f"{path} is no jar with a manifest: {error}") from error
    return {"exists": True, "version": version, "sha256": digest.hexdigest()}


def billing_packed(path, package, name):
    """The file itself; where the package is a .deb, the file of that name in it, unpacked on this machine."""
    package = str(package).strip()
    if not package.endswith(".deb"):
        return str(path).strip()
    if not os.path.isfile(package):
        return package
    with open(package, "rb") as deb:
        content = deb.read()
    folder = os.path.join(os.path.expanduser("~/.cache/billing-service"), hashlib.sha256(content).hexdigest())
    target = os.path.join(folder, os.path.basename(name))
    if not os.path.isfile(target):
        with tarfile.open(fileobj=io.BytesIO(_member(content, package, b"data.tar"))) as tar:
            found = next((m for m in tar if m.isfile() and m.name.lstrip("./") == name), None)
            if found is None:
                raise AnsibleFilterError(f"{package} has no {name}")
            data = tar.extractfile(found).read()
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with open(f"{target}.{os.getpid()}", "wb") as file:
            file.write(data)
        os.replace(f"{target}.{os.getpid()}", target)
    return target


def _member(content, package, prefix):
    """A .deb is an ar archive: a line, then headers of 60 bytes and contents, at even offsets."""
    if not content.startswith(b"!<arch>\n"):
        raise AnsibleFilterError(f"{package} is no Debian package")
    at = 8
    while at + 60 <= len(content):
        header, at = content[at:at + 60], at + 60
        size = int(header[48:58])
        if header.startswith(prefix):
            return content[at:at + size]
        at += size + size % 2
    raise AnsibleFilterError(f"{package} is no Debian package: it has no {prefix.decode()}")


def _parts(url):
    """User part (with its @), host part, and what follows, as the service reads them."""
    found = URL.match(url)
    if not found:
        return None
    rest = found.group("rest")
    end = next((i for i, c in enumerate(rest) if c in "/?#"), len(rest))
    user, at, hosts = rest[:end].rpartition("@")
    return found.group("scheme"), user + at, hosts, rest[end:]


def billing_database_problem(url):
    """What is wrong with a database URL, in words that don't show it; empty if nothing is."""
    parts = _parts(str(url).strip())
    if parts is None:
        return "must begin with postgres:// or postgresql://"
    _, user, hosts, rest = parts
    if not re.match(r"/[^?#/]+", rest):
        return ("must name the database after the host, as in postgres://USER:PASSWORD@HOST:5432/account; "
                "in a password write / ? # % as %2F %3F %23 %25")
    if re.search(r"%(?![0-9A-Fa-f]{2})", user):
        return "has a % in its user or password that is no %XX: write it as %25"
    if re.search(r"\s", user + hosts):
        return "has a blank in it: write it as %20"
    return ""


def billing_database_at(url, address):
    """The same database reached at another HOST:PORT; the URL as it is where none is given."""
    url, address = str(url), str(address).strip()
    parts = _parts(url)
    if not address or parts is None:
        return url
    scheme, user, hosts, rest = parts
    if ":" not in address:
        port = re.search(r":(\d+)\Z", hosts)
        address += port.group(0) if port else ""
    return f"{scheme}://{user}{address}{rest}"


def billing_database_user(url):
    """The role that a database URL connects as; empty if it names none."""
    parts = _parts(str(url).strip())
    return unquote(parts[1].rstrip("@").partition(":")[0]) if parts else ""


def billing_env_value(value, name=""):
    """A value as systemd's EnvironmentFile= and a shell read it back, whatever is in it."""
    text = str(value)
    if not NAME.match(str(name)):
        raise AnsibleFilterError(f"'{name}' is no variable's name: letters, digits and _ only")
    # Not even quoted does systemd take these.
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
        raise AnsibleFilterError(f"{name} holds a control character")
    return '"' + re.sub(r'(["\\`$])', r"\\\1", text) + '"'


def billing_local_url(address):
    """Where a LISTEN_ADDR is reached from its own host."""
    host, _, port = str(address).rpartition(":")
    return f"http://{'127.0.0.1' if host in ('', '0.0.0.0', '[::]') else host}:{port}"


def billing_java_major(said):
    """17 of `version "17.0.15"`, 8 of `version "1.8.0"`, 0 where no Java answered."""
    found = re.search(r'version "(?:1\.)?(\d+)', str(said))
    return int(found.group(1)) if found else 0


def billing_credentials(given):
    """Each credential as the task that writes it takes it: its text, or the file it is in."""
    return [
        {"name": item["name"], "src": item["given"]["src"]}
        if isinstance(item["given"], dict)
        else {"name": item["name"], "content": str(item["given"])}
        for item in given
    ]


class FilterModule:
    """For Ansible."""

    def filters(self):
        """By name."""
        return {
            "billing_jar": billing_jar,
            "billing_database_problem": billing_database_problem,
            "billing_database_at": billing_database_at,
            "billing_database_user": billing_database_user,
            "billing_credentials": billing_credentials,
            "billing_env_value": billing_env_value,
            "billing_java_major": billing_java_major,
            "billing_packed": billing_packed,
            "billing_local_url": billing_local_url,
        }
