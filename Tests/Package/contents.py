"""What is in the package, looked at from outside."""
import os
import re
import shutil
import subprocess

from harness.outcome import case, check, equal

HERE = os.path.dirname(os.path.realpath(__file__))
SOURCES = os.path.join(HERE, "..", "..", "packaging")


def run(*argv, code=0, **options):
    done = subprocess.run(argv, capture_output=True, text=True, **options)
    if code is not None:
        equal(done.returncode, code, f"status of {' '.join(argv)[:200]}", [done.stdout[-1500:], done.stderr[-1500:]])
    return done


def field(package, name):
    return run("dpkg-deb", "-f", package, name).stdout.strip()


@case("it depends on the libraries that the binary asks for", seconds=30)
def dependencies(t):
    names = {part.split()[0] for part in field(t.package, "Depends").split(", ")}
    asked = run("objdump", "-p", t.tree("usr/sbin/wallwatch")).stdout
    for library, package in (("libbpf.so.1", "libbpf1"), ("libc.so.6", "libc6"), ("libstdc++.so.6", "libstdc++6"), ("libelf.so.1", "libelf1")):
        equal(f"NEEDED               {library}" in asked, package in names, f"{package} is a dependency because {library} is asked for", [str(names)])
    check({"libbpf1", "libc6"} <= names, f"the dependencies: {names}")
    check(".debug_info" not in run("objdump", "-h", t.tree("usr/sbin/wallwatch")).stdout, "it is stripped")


@case("lintian has nothing to say, and nothing is overridden", seconds=120)
def linted(t):
    done = run("lintian", "--fail-on", "error,warning", "--show-overrides", t.package)
    told = [line for line in done.stdout.splitlines() if not line.startswith("running with root")]
    equal(told, [], "lintian's words")


@case("the configuration is a conffile, and says the defaults when its keys are not comments", seconds=30)
def configuration(t):
    conffiles = run("dpkg-deb", "-I", t.package, "conffiles").stdout.split()
    equal(sorted(conffiles), ["/etc/apparmor.d/usr.sbin.wallwatch", "/etc/logrotate.d/wallwatch", "/etc/wallwatch/wallwatch.toml"], "conffiles")
    shipped = t.tree("etc/wallwatch/wallwatch.toml")
    run(t.binary, "check-config", shipped)
    with open(shipped, encoding="utf-8") as file:
        text = file.read()
    keys = dict(re.findall(r"^# (\w+) = (.*?)\s*(?: #.*)?$", text.split("# Who may change what")[0], re.M))
    check(len(keys) > 30, f"only {len(keys)} keys are shown")
    with open(os.path.join(HERE, "..", "..", "docs", "configuration.md"), encoding="utf-8") as file:
        page = file.read().split("```toml\n")[1].split("```")[0]
    known = dict(re.findall(r"^(\w+) = (.*?)\s*(?: #.*)?$", page, re.M))
    known.pop("syscall_tracing")  # without effect
    equal(keys, known, "keys and defaults, against docs/configuration.md")
    bare = os.path.join(t.work, "bare.toml")
    with open(bare, "w", encoding="utf-8") as file:
        file.write(re.sub(r"^# (?=\w+ = |\[\[)", "", text, flags=re.M))
    run(t.binary, "check-config", bare)


@case("the manual's pages have no fault, and name every command and key", seconds=60)
def manual(t):
    for page in ("wallwatch.8", "wallwatch.toml.5"):
        path = os.path.join(SOURCES, page)
        equal(run("mandoc", "-T", "lint", "-W", "warning", path).stdout, "", f"mandoc about {page}")
        done = run("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", path, env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80"})
        equal(done.stderr, "", f"man about {page}")
    plain = run("mandoc", "-T", "utf8", "-O", "width=200", os.path.join(SOURCES, "wallwatch.8")).stdout
    plain = re.sub(".\b", "", plain)
    told = run(t.binary, "--help").stdout.split("SUBCOMMANDS:")[1]
    commands = re.findall(r"^  ([a-z-]+) ", told, re.M)
    check(len(commands) > 8, f"the commands of --help: {commands}")
    for command in commands:
        check(f"wallwatch {command}" in plain, f"wallwatch(8) does not name {command}")
    for option in re.findall(r"^  (--[a-z-]+)", run(t.binary, "run", "--help").stdout, re.M):
        check(option in plain or option in ("--version", "--help"), f"wallwatch(8) does not name {option}")
    keys = re.sub(".\b", "", run("mandoc", "-T", "utf8", os.path.join(SOURCES, "wallwatch.toml.5")).stdout)
    with open(t.tree("etc/wallwatch/wallwatch.toml"), encoding="utf-8") as file:
        for key in re.findall(r"^# (\w+) = ", file.read(), re.M):
            check(re.search(rf"\b{key}\b", keys), f"wallwatch.toml(5) does not name {key}")


@case("completions: bash knows the commands, zsh and fish take theirs", seconds=60)
def completions(t):
    script = f"source /usr/share/bash-completion/bash_completion; source {t.tree('usr/share/bash-completion/completions/wallwatch')}; COMP_WORDS=(wallwatch do); COMP_CWORD=1; COMP_LINE='wallwatch do'; COMP_POINT=12; f=$(complete -p wallwatch | sed 's/.*-F \\([^ ]*\\).*/\\1/'); $f wallwatch do wallwatch; echo \"${{COMPREPLY[@]}}\""
    equal(run("bash", "-c", script).stdout.split(), ["doctor"], "what bash completes `wallwatch do` to")
    run("zsh", "-n", t.tree("usr/share/zsh/vendor-completions/_wallwatch"))
    run("fish", "-n", t.tree("usr/share/fish/vendor_completions.d/wallwatch.fish"))
    done = run("fish", "--no-config", "-c", f"source {t.tree('usr/share/fish/vendor_completions.d/wallwatch.fish')}; complete -C 'wallwatch do'").stdout
    check(done.startswith("doctor"), f"what fish completes it to: {done!r}")


@case("the AppArmor profile parses (it is not run: this kernel has no AppArmor)", seconds=30)
def apparmor(t):
    run("apparmor_parser", "-Q", "-K", t.tree("etc/apparmor.d/usr.sbin.wallwatch"))
    broken = os.path.join(t.work, "broken")
    shutil.copy(t.tree("etc/apparmor.d/usr.sbin.wallwatch"), broken)
    with open(broken, "a", encoding="utf-8") as file:
        file.write("}\n")
    check(run("apparmor_parser", "-Q", "-K", broken, code=None).returncode != 0, "a broken one is not refused")
