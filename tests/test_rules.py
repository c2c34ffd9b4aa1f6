"""Rules of the house that a search of the text can check: each names what is searched, where, and what to do instead.

`make check` runs them; CONTRIBUTING.md says what they are for.
"""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
MAX_LINES = 350
STEMS = "general|initial|maxim|minim|normal|optim|organ|parallel|quant|recogn|regular|serial|standard|summar|visual"
# Names in other crates, which are spelled their own way.
FOREIGN = r"get_neighbours|NearestNeighbourParams|params\.optimiser"
COUNTED = "bytes|captions?|colors?|epochs|images|lines?|nats|numbers?|pairs|points?|rows?|samples|seconds|subfolders?"
UNITS = "class|epoch|group|image|line|pixel|point|row|second"


class Rule(NamedTuple):
    files: str  # pathspecs of git
    pattern: str
    only_in: str | tuple[str, ...]  # what the paths that may hold the pattern begin with; empty for none
    instead: str


RULES = {
    "random": Rule("src", r"seed_from_u64", "src/math/random.rs", "draw from a generator of math::random"),
    "panics": Rule("src", r"set_hook", "src/projection/guard.rs", "run it inside the guard"),
    "engines": Rule(
        "src",
        r"\bEngine::\w+[^=\n]*=> |matches!\([^\n]*\bEngine::",
        "src/projection/engine.rs",
        "ask a method of Engine",
    ),
    "invariants": Rule(
        "src",
        r"(slice(_mut)?|search\w*|mean\w*|position|(min|max)_by\w*)\([^;]*\)\s*\.unwrap_or_default\(\)",
        "",
        'expect("why it holds"): a default hides that it does not',
    ),
    "umap": Rule("src/projection/umap", r"\bProjection\b", "", "take arrays and UmapConfig"),
    "html": Rule("src", r"evcxr_display|text/html", ("src/display/", "src/live/"), "present it in display/ or live/"),
    "parts": Rule(
        "web-app/js", r"\bNM\.(?!define\b)", "web-app/js/core/", "name the part among the needs of NM.define"
    ),
    "theme": Rule("web-app/js", r"dataset\.theme", "web-app/js/bar/theme.js", "watch the store's key `theme`"),
    "spelling": Rule(
        "*.rs *.js *.py *.html *.css *.ipynb *.md *.toml *.sh Makefile",
        rf"(?i)neighbour|colour|behaviour|favour|honour|centre|\bgrey|({STEMS})is(e|ing|ation|er)|analys(ed?|ing)\b",
        "tests/test_rules.py",
        "American: neighbor, color, center, gray, normalize",
    ),
    "merges": Rule("*", r"(?m)^(<{7}|>{7}) .*", "", "finish the merge"),
    "per": Rule("*.rs *.js *.py *.ipynb *.md", rf"(?i)\b({COUNTED}) an? ({UNITS})\b", "", "say per: one row per epoch"),
}


def tracked(pathspecs: str) -> list[str]:
    """The files that git knows, or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *pathspecs.split()]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted(path for path in set(listed) if (REPOSITORY / path).exists())


def read(path: str) -> str:
    return (REPOSITORY / path).read_text(encoding="utf-8", errors="replace")


def without_tests(path: str) -> str:
    """A Rust file's text without its unit tests, which come last in it, and without its comments."""
    return re.sub(r"//.*", "", read(path).split("#[cfg(test)]")[0])


@pytest.mark.parametrize("name", RULES)
def test_the_text_keeps_the_rule(name):
    rule = RULES[name]
    found = []
    for path in tracked(rule.files):
        if rule.only_in and path.startswith(rule.only_in):
            continue
        as_code = path.endswith(".rs") and rule.files.startswith("src")
        text = re.sub(FOREIGN, "", without_tests(path) if as_code else read(path))
        found += [
            f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match[0].splitlines()[0]}"
            for match in re.finditer(rule.pattern, text)
        ]
    assert not found, f"{rule.instead}\n" + "\n".join(found)


def test_a_module_uses_only_those_that_stand_before_it():
    order = re.findall(r"^pub mod (\w+);", read("src/lib.rs"), re.MULTILINE)
    found = []
    for path in tracked("src"):
        module = Path(path).relative_to("src").parts[0].removesuffix(".rs")
        if module in order:
            later = order[order.index(module) + 1 :]
            used = set(re.findall(r"\bcrate::(\w+)", without_tests(path)))
            found += [f"{path}: {name}, which stands after {module} in lib.rs" for name in later if name in used]
    assert not found, "\n".join(found)


def test_a_part_of_the_page_is_given_what_it_names():
    """Parameters are matched with needs by their order: two that changed places would show at run time only."""
    define = re.compile(r"NM\.define\(\s*(\S+),\s*\[(.*?)\],\s*\((.*?)\) =>", re.DOTALL)
    found = []
    for path in tracked("web-app/js"):
        for part, needs, parameters in define.findall(read(path)):
            named = [re.sub(r"_(\w)", lambda match: match[1].upper(), need) for need in re.findall(r'"(\w+)"', needs)]
            taken = re.sub(r"\{.*?\}", "{}", parameters, flags=re.DOTALL).replace(" ", "").split(",")
            # What is taken apart, as in ({ state }), or together, as in (...rest), has no name to compare; the last needs
            # may be left out.
            same = [name == need or name.startswith(("{", "...")) for name, need in zip(taken, named, strict=False)]
            if len(taken) > max(len(named), 1) or not all(same):
                found.append(f"{path}: {part} needs {named} and takes ({parameters})")
    assert not found, "\n".join(found)


def test_a_file_is_one_concept():
    lines = {path: read(path).count("\n") for path in tracked("src web-app/js")}
    long = {path: count for path, count in lines.items() if count > MAX_LINES}
    assert not long, f"past {MAX_LINES} lines: split by concept: {long}"
