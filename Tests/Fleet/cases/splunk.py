"""Splunk cannot be had here: its settings are held against real lines as far as their meaning can be told without it."""
import configparser
import os
import re
import time

from harness.outcome import case, check, equal

from fleet import lines, store


@case("props.conf finds the time in each line, and cuts none")
def props():
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str
    with open(os.path.join(lines.CONTRIB, "splunk", "props.conf"), encoding="utf-8") as file:
        parser.read_file(file)
    equal(parser.sections(), ["wallwatch"], "source types")
    settings = parser["wallwatch"]
    prefix, ahead = re.compile(settings["TIME_PREFIX"]), int(settings["MAX_TIMESTAMP_LOOKAHEAD"])
    # %9N is Splunk's for nine digits of a second.
    equal(settings["TIME_FORMAT"], "%Y-%m-%dT%H:%M:%S.%9NZ", "TIME_FORMAT")
    for line in store.real_lines():
        text = lines.spelled(line)
        begin = prefix.match(text)
        check(begin, f"no time in {text[:80]}")
        rest = text[begin.end():begin.end() + ahead]
        stamp = re.match(r"(.{19})\.(\d{9})Z", rest)
        check(stamp, f"{rest} is not of that form within {ahead} characters")
        time.strptime(stamp[1], "%Y-%m-%dT%H:%M:%S")
        check(len(text.encode()) < int(settings["TRUNCATE"]), "a line is longer than TRUNCATE")
        check(not re.search(settings["LINE_BREAKER"], text), "a line break within a line")
    check(settings["KV_MODE"] == "none" and settings["INDEXED_EXTRACTIONS"] == "json", "fields would be extracted twice, or not")
