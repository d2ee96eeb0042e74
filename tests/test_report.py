"""The report is one page that needs nothing else, in which every number leads to its rule."""

from __future__ import annotations

import dataclasses
import html as web
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import convnote as cn
from convnote import cli
from convnote.provisions import RULES

NOTE = cn.load("amazon-peacs-2010")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
WITHOUT = {"meta", "link", "br", "path", "use", "rect"}


class Page(HTMLParser):
    """Tags, ids, links and words of a page; tags must close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.ids: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.attributes: list[tuple[str, str]] = []
        self.sections: dict[str, list[str]] = {}
        self.section, self.link = "", ""
        self.feed(page)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in ("meta", "link", "br"):
            self.stack.append(tag)
        known = dict(attrs)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [known["id"]] if "id" in known else []
        self.section = known.get("id", "") if tag in ("section", "header") else self.section
        self.link = known.get("href", "") if tag == "a" else self.link

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag
        self.link = "" if tag == "a" else self.link

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.handle_starttag(tag, attrs)
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        self.sections.setdefault(self.section, []).append(data)
        if self.link:
            self.links.append((data, self.link))


@pytest.fixture(scope="module")
def report() -> str:
    return cn.report.html(NOTE)


@pytest.fixture(scope="module")
def page(report: str) -> Page:
    return Page(report)


def test_the_page_has_all_its_sections(page: Page) -> None:
    assert {"findings", "dates", "payoff", "replay", "scenarios", "terms", "rules"} <= set(page.ids)


def test_every_link_leads_to_a_place_on_the_page(page: Page) -> None:
    assert len(page.links) > 300
    assert {target for _, target in page.links} <= {f"#{name}" for name in page.ids}
    assert len(set(page.ids)) == len(page.ids), "no id twice"
    assert set(RULES) <= set(page.ids)


def test_numbers_lead_to_their_rules(page: Page) -> None:
    for number, rule in (
        ("690,000,000", "ID-2"), ("6.875%", "INT-1"), ("104.947", "CNV-3"), ("9.528619", "CNV-3"), ("167.915", "WDR-1"),
        ("84.883", "RST-2"), ("206.25", "WDR-4"), ("47,567,465.75", "INT-1"), ("68.938356", "INT-1"), ("2003-02-20", "RED-1"),
        ("2002-02-19", "INT-6"),
        ("474,764,897.25", "INT-1"), ("800,000,000", "ID-3"), ("18.4634", "RST-1"),
        ("690,000,000.00", "PRN-1"), ("142,312,500.00", "WDR-4"), ("2000-06-28", "WDR-1"),
    ):  # fmt: skip
        assert (number, f"#{rule}") in page.links, (number, rule)


def test_no_figure_of_a_sentence_is_left_without_a_rule(report: str) -> None:
    body = report[: report.index('<section id="rules">')]
    body = re.sub(r"<(svg|style|title|h1|nav)\b.*?</\1>", "", body, flags=re.DOTALL)
    plain = re.sub(r"<[^>]*>", " ", re.sub(r"<a\b.*?</a>", " ", body, flags=re.DOTALL))
    left = re.findall(r"(?<![\w&#;-])\d[\d,.]*%?", web.unescape(plain))
    # what is left over counts rows, or names a column, a certificate or a day at which all else stands
    assert len(left) < 8, left


def test_rules_say_where_they_are_printed(report: str) -> None:
    assert re.search(r'<dt id="RST-2">RST-2</dt>\n<dd>.*\[printed on the cover of the prospectus\]', report)
    assert re.search(r'<dt id="INT-7">INT-7</dt>\n<dd>.*\[a convention', report)


def test_findings_replay_and_scenarios_are_those_of_the_library(page: Page) -> None:
    words = {name: "".join(parts) for name, parts in page.sections.items()}
    assert all(each.message in words["findings"] for each in NOTE.check())
    ledger = cn.replay(NOTE, cn.scenario("as-it-was"))
    assert all(entry.text in words["replay"] for entry in ledger)
    assert ledger.source in words["replay"] and all(said in words["replay"] for _, _, said in ledger.open_rights)
    assert all(name in words["scenarios"] for name in cn.available_scenarios(NOTE.name))
    assert words["scenarios"].count("never") == 2  # as it was, and when it collapses
    assert all(value in words["terms"] for *_, value, _, _ in NOTE.table().rows)


def test_the_page_needs_nothing_from_elsewhere(report: str, page: Page) -> None:
    loading = [
        (name, value) for name, value in page.attributes if name in ("src", "srcset", "href", "xlink:href", "action", "data")
    ]
    assert [value for _, value in loading if not value.startswith("#")] == ["data:,"]
    assert "<script" not in report and "@import" not in report and "url(http" not in report
    assert report.count("<figure>") == 4 and len(report) < 700_000


def test_the_same_note_gives_the_same_page(report: str) -> None:
    assert cn.report.html(NOTE) == report


def test_what_a_user_wrote_is_escaped() -> None:
    nasty = "<script>alert('1')</script>"
    page = cn.report.html(dataclasses.replace(NOTE, name=nasty, description=nasty, identity={nasty: nasty}))
    assert "<script" not in page and "&lt;script&gt;" in page
    Page(page)


def test_a_history_and_events_of_ones_own() -> None:
    history = cn.MarketHistory(dates=cn.scenario("rally").dates, closes=[100] * 2517, source="flat & quiet")
    page = cn.report.html(NOTE, history, events=[cn.Convert("2000-03-01", 1_000_000)])
    assert "flat &amp; quiet" in page and '<a href="#CNV-1">9,528</a>' in page
    with pytest.raises(cn.LifecycleError, match="CNV-1"):
        cn.report.html(NOTE, history, events=[cn.Convert("2000-03-01", 1_500)])


def test_other_notes_have_reports_too() -> None:
    page = cn.report.html(cn.load("afv-2003"))
    assert "No replay: no closes were given" in page and "scenarios" not in page and page.count("<figure>") == 2
    with pytest.raises(cn.MarketError, match=r"report history \(CUR-1\): no closes were given, .* give closes in USD"):
        cn.report.html(cn.load("afv-2003"), events=[])
    later = dataclasses.replace(NOTE.principal, issue_date="2015-02-16", maturity_date="2020-02-16", certificates={})
    without = {"principal": later, "withdrawal": None, "redemption": None, "fundamental_change": None}
    page = cn.report.html(dataclasses.replace(NOTE, **without, reset=None))
    assert page.count("<figure>") == 2 and '<a href="#INT-1">237,317,465.75</a>' in page  # its cash needs no closes
    reset = dataclasses.replace(NOTE.reset, dates=["2016-02-16"])
    page = cn.report.html(dataclasses.replace(NOTE, **without, reset=reset))
    assert "No replay over the scenario as-it-was" in page and page.count("no replay.") == len(cn.available_scenarios(NOTE.name))
    Page(page)


def test_write_writes_that_page(tmp_path: Path, report: str) -> None:
    target = cn.report.write(tmp_path / "report.html", NOTE)
    assert target.read_text(encoding="utf-8") == report


def test_the_command_writes_it_and_says_where(tmp_path: Path, report: str, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "report.html"
    assert cli.main(["report", "amazon-peacs-2010", "--out", str(target)]) == 0
    assert capsys.readouterr().out == f"{target}: {len(report.encode()):,} bytes\n"
    assert target.read_text(encoding="utf-8") == report
    assert cli.main(["report", "amazon-peacs-2010", "--scenario", "rally", "--out", str(target)]) == 0
    assert '<a href="#WDR-4">142,312,500.00</a>' in target.read_text(encoding="utf-8").split('id="scenarios"')[0]


def test_the_command_says_on_one_line_why_it_cannot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = tmp_path / "none" / "report.html"
    assert cli.main(["report", "amazon-peacs-2010", "--out", str(nowhere)]) == 2
    said = capsys.readouterr().err
    assert said == f"convnote: --out {nowhere}: cannot be written: No such file or directory\n"
    with pytest.raises(SystemExit) as ended:
        cli.main(["report", "amazon-peacs-2010"])
    assert ended.value.code == 2 and "--out" in capsys.readouterr().err


def test_without_matplotlib_the_page_says_so() -> None:
    program = (
        "import sys; sys.modules['matplotlib'] = None\nimport convnote as cn\n"
        "page = cn.report.html(cn.load('amazon-peacs-2010'))\n"
        "print(page.count('Pictures need Matplotlib'), page.count('<svg'), 'WDR-1' in page)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["4", "0", "True"]


# --- in a browser -----------------------------------------------------------------------------------------------------

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium, and none is installed (apt-get install chromium)")


def seen(page: str, width: int, folder: Path) -> tuple[dict[str, Any], list[str]]:
    """What a browser of that width makes of a page: sizes, and its console; the page lies in a frame, as narrow as asked for."""
    probe = f"""<!DOCTYPE html><html><body style="margin:0"><iframe width="{width}" height="800" style="border:0"
srcdoc="{web.escape(page, quote=True)}"></iframe><script>
window.onload = () => {{
  const inner = document.querySelector("iframe").contentDocument;
  const letters = [...inner.querySelectorAll("p, li, td, dd, dt, a, h1, h2")].filter(each => each.offsetParent);
  document.body.innerHTML = "<pre>" + JSON.stringify({{
    width: inner.documentElement.clientWidth,
    needed: inner.documentElement.scrollWidth,
    smallest: Math.min(...letters.map(each => parseFloat(getComputedStyle(each).fontSize))),
    pictures: [...inner.querySelectorAll("svg")].map(each => each.getBoundingClientRect().width).filter(Boolean),
    outside: letters.filter(each => each.getBoundingClientRect().right > {width} + 1).length,
  }}) + "</pre>";
}};
</script></body></html>"""
    (folder / "probe.html").write_text(probe, encoding="utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
        "--enable-logging=stderr", "--host-resolver-rules=MAP * 127.0.0.1:9", f"--user-data-dir={folder / 'profile'}",
        "--virtual-time-budget=5000", "--dump-dom", (folder / "probe.html").as_uri(),
    ]  # fmt: skip
    environment = {**os.environ, "HOME": str(folder)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    found = re.search(r"<pre>(.*?)</pre>", done.stdout, re.DOTALL)
    assert found, done.stdout[:500] + done.stderr[-2000:]
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return json.loads(web.unescape(found[1])), console


@needs_chromium
@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize("name", ["amazon-peacs-2010", "afv-2003"])
def test_in_a_browser_no_error_and_nothing_to_scroll_sideways(name: str, width: int, tmp_path: Path) -> None:
    found, console = seen(cn.report.html(cn.load(name)), width, tmp_path)
    assert console == []
    assert found["needed"] <= found["width"] <= width and found["outside"] == 0
    assert found["smallest"] >= 14 and all(picture >= 0.9 * min(width, 600) - 20 for picture in found["pictures"])


@needs_chromium
def test_the_browser_would_have_seen_an_error_and_a_page_too_wide(tmp_path: Path, report: str) -> None:
    worse = report.replace("</body>", '<script>nobody_knows_this()</script><p style="width: 500px">wide</p></body>')
    found, console = seen(worse, 390, tmp_path)
    assert any("nobody_knows_this" in line for line in console) and found["needed"] > 390 and found["outside"] > 0


def test_figures_of_the_page_are_exact(report: str) -> None:
    coupons = cn.replay(NOTE, cn.scenario("as-it-was")).total("coupon")
    assert coupons == Decimal("474764897.25") and '<a href="#INT-1">474,764,897.25</a>' in report


def test_the_page_says_which_version_made_it_and_on_which_day(report: str) -> None:
    assert f"convnote {cn.__version__}, {date.today().isoformat()}" in report


def test_a_picture_is_in_the_page_for_a_telephone_and_for_a_desk(report: str) -> None:
    sizes = {size: re.findall(rf'<svg[^>]*class="{size}"[^>]*viewBox="0 0 ([\d.]+) ', report) for size in ("narrow", "wide")}
    narrow, wide = sizes["narrow"], sizes["wide"]
    assert len(narrow) == len(wide) == report.count("<figure>")
    assert all(float(each) == 4.4 * 72 for each in narrow) and all(float(each) == 8.8 * 72 for each in wide)  # points
    assert "svg.narrow { display: none; }" in report and "bond floor" not in report


# --- what it is worth -------------------------------------------------------------------------------------------------

AFV = cn.load("afv-2003")
MARKET = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02, day_count="30/360")


def test_a_model_adds_what_the_note_is_worth() -> None:
    page = cn.report.html(AFV, model=MARKET)
    value = cn.price(AFV, MARKET)
    section = page[page.index('<section id="value">') : page.index('<section id="replay">')]
    assert f'<td class="figure" data-label="value">{value.per_100:,.6g}</td>' in section
    assert "Lognormal: volatility 0.2, rate 0.05, hazard rate 0.02" in section and "jump-to-default" in section
    assert 'href="#CNV-3">100' in section and section.count("<figure>") == 2
    assert '<a href="#value">value</a>' in page and '<section id="value">' not in cn.report.html(AFV)


def test_a_value_is_asked_as_of_price() -> None:
    split = cn.report.html(AFV, model=MARKET, credit="tsiveriotis-fernandes")
    assert "tsiveriotis-fernandes" in split
    with pytest.raises(cn.TermsError, match=r"report colour: got 3; allowed: credit, ignore"):
        cn.report.html(AFV, model=MARKET, colour=3)
    with pytest.raises(cn.TermsError, match=r"report credit: got .*; expected a model of the share"):
        cn.report.html(AFV, credit="tsiveriotis-fernandes")
    with pytest.raises(cn.PricingError, match="WDR-1"):
        cn.report.html(NOTE, model=cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05))


def test_the_command_takes_the_model_of_price(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "page.html"
    flags = ["--spot", "100", "--volatility", "0.2", "--rate", "0.05", "--hazard-rate", "0.02"]
    assert cli.main(["report", "afv-2003", *flags, "--out", str(out)]) == 0
    assert '<section id="value">' in out.read_text(encoding="utf-8")
    assert cli.main(["report", "afv-2003", *flags[:4], "--out", str(out)]) != 0
    assert "--rate: a value needs it" in capsys.readouterr().err
    flags = ["--scenario", "as-it-was", "--as-of", "2004-06-30", "--volatility", "0.5", "--rate", "0.04"]
    assert cli.main(["report", "amazon-peacs-2010", *flags, "--out", str(out)]) == 0
    assert "share at EUR 44.75" in out.read_text(encoding="utf-8")
