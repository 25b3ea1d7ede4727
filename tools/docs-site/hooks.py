"""Lets pages of docs/ link to the rest of the project, and pages of the project be part of the site."""

import posixpath
import re
import shutil
from pathlib import Path

from mkdocs.structure.files import File
from mkdocs.structure.nav import Link

ROOT = Path(__file__).resolve().parents[2]
JAVADOC = ROOT / "target" / "reports" / "apidocs"
PAGES = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
LINK = re.compile(r"(?<!`)(\]\()([^)\s#:]+)((?:#[^)]*)?\))")
NESTED = re.compile(r"^( {2,3})(?=(?:[-*]|\d+\.) )", re.MULTILINE)
ITEM = re.compile(r"^(?![ |#>]|[-*] |\d+\. |```)(.+)\n(?=(?:[-*]|\d+\.) )", re.MULTILINE)
CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def on_files(files, config):
    for name in PAGES:
        files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown, page, config, files):
    source = page.file.src_uri
    folder = "" if source in PAGES else posixpath.join("docs", posixpath.dirname(source))

    def in_site(match):
        path = posixpath.normpath(posixpath.join(folder, match[2]))
        here = posixpath.dirname(source) or "."
        if path in PAGES:
            return match[1] + posixpath.relpath(path, here) + match[3]
        if path.startswith("docs/"):
            return match[1] + posixpath.relpath(path[len("docs/") :], here) + match[3]
        kind = "tree" if (ROOT / path).is_dir() else "blob"
        return f"{match[1]}{config['repo_url']}/{kind}/main/{path}{match[3]}"

    return outside_code(markdown, lambda text: lists(LINK.sub(in_site, text)))


def outside_code(markdown, change):
    parts, end = [], 0
    for block in CODE.finditer(markdown):
        parts += [change(markdown[end : block.start()]), block[0]]
        end = block.end()
    return "".join(parts) + change(markdown[end:])


def lists(text):
    """The forge takes a list without a blank line before it, and nested by two or three blanks; this Markdown does not."""
    return NESTED.sub("    ", ITEM.sub(r"\1\n\n", text))


def on_nav(nav, config, files):
    """Puts the Javadoc, where it was made, beside the reference."""
    if JAVADOC.is_dir():
        reference = next(item for item in nav.items if item.title == "Reference")
        link = Link("Javadoc", "javadoc/index.html")
        link.parent = reference
        reference.children.append(link)
    return nav


def on_post_build(config):
    if JAVADOC.is_dir():
        shutil.copytree(JAVADOC, Path(config["site_dir"]) / "javadoc", dirs_exist_ok=True)
