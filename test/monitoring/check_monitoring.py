#!/usr/bin/env python3
"""Holds what operators watch by to what the daemon serves at /metrics:

    check_monitoring.py names SOURCES HUBBUBD
    check_monitoring.py promtool SOURCES HUBBUBD PROGRAMS

names: config/alerts.yaml and config/dashboard.json use no number that there is not, the dashboard shows every one of
Hubbub's own, and every alert says what to do and has its test.
promtool: Prometheus' own tool finds nothing wrong with the numbers, alerts and panels, and the alerts come from the series in
alerts_test.yaml. PROGRAMS is where it may have been unpacked. Exit code 77 (CTest: skipped) where it is missing.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from daemon import PATIENCE, daemon  # noqa: E402

SKIPPED = 77
NAME = re.compile(r"\b(?:hubbub|process)_[a-z_]+|\bup\b")
WORDS = re.compile(r'"(?:[^"\\]|\\.)*"')
# Prometheus' own, of every target.
OF_PROMETHEUS = {"up"}
HISTOGRAM = re.compile(r"_(?:bucket|sum|count)$")


def scrape(program):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with daemon(program) as running, direct.open(f"http://{running.address}/metrics", timeout=PATIENCE) as answer:
        return answer.read().decode()


def families(numbers):
    return {words[2]: words[3] for words in map(str.split, numbers.splitlines()) if words[:2] == ["#", "TYPE"]}


def families_of_nodes(sources):
    """What a daemon has that is one of several; that it is served, check_cluster.py looks."""
    metrics = (sources / "server" / "metrics.cpp").read_text(encoding="utf-8")
    found = re.findall(r'(\w+)\((?:to, )?"(hubbub_cluster_[a-z_]+)"', metrics)
    return {name: "histogram" if how == "add_histogram" else "gauge" for how, name in found}


def rules_of(sources):
    import yaml

    read = yaml.safe_load((sources / "config" / "alerts.yaml").read_text(encoding="utf-8"))
    return [rule for group in read["groups"] for rule in group["rules"]]


def expressions_of(value):
    """All that a dashboard asks for: the values of `expr`, and what fills its variables."""
    if isinstance(value, list):
        return [found for each in value for found in expressions_of(each)]
    if not isinstance(value, dict):
        return []
    asked = value.get("query") if value.get("refId") == "instance" else value.get("expr")
    return ([asked] if isinstance(asked, str) else []) + expressions_of(list(value.values()))


def names_in(expressions, known):
    """The families that are named. Of a histogram there are series, not itself."""
    found = set()
    for name in NAME.findall(WORDS.sub("", " ".join(expressions))):
        family = HISTOGRAM.sub("", name)
        found.add(family if known.get(family) == "histogram" and family != name else name)
    return found


def faults_of_names(sources, program):
    known = families(scrape(program)) | families_of_nodes(sources)
    named = {name for name, kind in known.items() if kind != "histogram"} | OF_PROMETHEUS
    rules = rules_of(sources)
    dashboard = json.loads((sources / "config" / "dashboard.json").read_text(encoding="utf-8"))
    tests = (sources / "test" / "monitoring" / "alerts_test.yaml").read_text(encoding="utf-8")
    histograms = {name for name, kind in known.items() if kind == "histogram"}

    def unknown(expressions):
        return sorted(names_in(expressions, known) - named - histograms)

    shown = expressions_of(dashboard)
    for name in unknown(shown):
        yield f"dashboard.json asks for {name}, which /metrics does not have"
    for name in sorted(set(name for name in known if name.startswith("hubbub_")) - names_in(shown, known)):
        yield f"dashboard.json does not show {name}"
    numbers = [panel["id"] for panel in dashboard["panels"]]
    if len(set(numbers)) < len(numbers):
        yield "two panels of dashboard.json have one number"
    for rule in rules:
        for name in unknown([rule["expr"]]):
            yield f"{rule['alert']} is about {name}, which /metrics does not have"
        for text in ("summary", "description"):
            if not rule["annotations"].get(text):
                yield f"{rule['alert']} has no {text}"
        if rule["labels"].get("severity") not in ("critical", "warning"):
            yield f"{rule['alert']} is neither critical nor a warning"
        if not re.search(rf"\b{rule['alert']}\b", tests):
            yield f"{rule['alert']} has no test in alerts_test.yaml"


def faults_of_promtool(sources, program, programs):
    tool = shutil.which("promtool", path=f"{os.environ['PATH']}:{programs}/usr/bin")
    if not tool:
        print("skipped: there is no promtool, which comes with Prometheus")
        sys.exit(SKIPPED)
    shown = expressions_of(json.loads((sources / "config" / "dashboard.json").read_text(encoding="utf-8")))
    shown = [each.replace("$__rate_interval", "5m") for each in shown if not each.startswith("label_values(")]
    with tempfile.TemporaryDirectory() as folder:
        # As rules, which is what the tool reads expressions in. JSON is YAML.
        rules = [{"record": f"panel_{number}", "expr": each} for number, each in enumerate(shown)]
        pathlib.Path(folder, "panels.yaml").write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}), "utf-8")
        for file in (sources / "config" / "alerts.yaml", sources / "test" / "monitoring" / "alerts_test.yaml"):
            shutil.copy(file, folder)
        for words, given in (
            (["check", "rules", "alerts.yaml"], None),
            (["check", "rules", "panels.yaml"], None),
            (["test", "rules", "alerts_test.yaml"], None),
            (["check", "metrics"], scrape(program)),
        ):
            done = subprocess.run([tool, *words], cwd=folder, input=given, capture_output=True, text=True, check=False)
            # It tells of names that are not as they should be, and exits with 3 then.
            if done.returncode != 0:
                yield f"promtool {' '.join(words)}: {done.stdout}{done.stderr}"


def main(what, sources, program, *programs):
    sources = pathlib.Path(sources)
    faults = {"names": faults_of_names, "promtool": faults_of_promtool}[what](sources, program, *programs)
    count = 0
    for fault in faults:
        count += 1
        print(fault)
    return 1 if count else 0


sys.exit(main(*sys.argv[1:]))
