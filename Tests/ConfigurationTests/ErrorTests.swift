import Configuration
import Testing

@Suite struct `A configuration error` {
    @Test func `names file, line, column, what was found and what was expected, for every fault at once`() {
        let text = """
            # a comment = "with [brackets]"
            [output]
            formt = "ecs"
            format = "cef"
            max_line_bytes = 10
            detail = "yes"
            emit = ["firewall", "everything", 3]

            [probes]
              ring_bytes   =   "3MiB"   # not a power of two
              tier = "fast"
            [trust]
            x = 1
            [oops]
            """
        #expect(
            complaints(text) == [
                #"w.toml:3:1: found the unknown key formt in [output], expected one of path, format, max_line_bytes, detail, emit, line_prefix, queue_bytes, spill_bytes, rotate_bytes, rotate_keep, metrics_file, metrics_interval"#,
                #"w.toml:4:10: found the string "cef" for output.format, expected "ecs" or "ocsf""#,
                #"w.toml:5:18: found the integer 10 for output.max_line_bytes, expected a size from 1KiB to 64KiB, such as 65536 or "64KiB""#,
                #"w.toml:6:10: found the string "yes" for output.detail, expected true or false"#,
                #"w.toml:7:21: found the string "everything" for output.emit, expected "firewall", "firewall-process", "process", "record", "health" or "state""#,
                #"w.toml:7:35: found the integer 3 for output.emit, expected "firewall", "firewall-process", "process", "record", "health" or "state""#,
                #"w.toml:10:20: found the string "3MiB" for probes.ring_bytes, expected a power of two from 256KiB to 256MiB, such as 65536 or "64KiB""#,
                #"w.toml:11:10: found the string "fast" for probes.tier, expected "auto", "full", "kprobe" or "restricted""#,
                #"w.toml:12:2: found a table for trust, expected an array of tables, [[trust]]"#,
                #"w.toml:14:2: found the unknown key oops, expected one of output, state, probes, netns, config_files, text, services, detection, trust, maintenance"#,
            ])
    }

    @Test(arguments: [
        ("output = 1", "w.toml:1:10: found the integer 1 for output, expected a table"),
        ("[[output]]\npath = '-'", "w.toml:1:3: found an array for output, expected a table"),
        ("output.path = 1979-05-27 07:32:00", "w.toml:1:15: found 1979-05-27, expected a quoted string, a number"),
        ("output.emit = []", "w.toml:1:15: found an empty array for output.emit, "),
        ("output.path = 'log'", "w.toml:1:15: found the string \"log\" for output.path, expected \"-\" for standard"),
        ("netns = {watch = 'host', 'm x' = 1}", "w.toml:1:26: found the unknown key \"m x\" in [netns], "),
        ("'\u{FC}' . \"\\u00e9\" = 1", "w.toml:1:1: found the unknown key \"\u{FC}\""),
        ("a = '\u{FC}'\nb = 1", "w.toml:1:1: "),
        (
            "services.watch = 'x'",
            "w.toml:1:18: found the string \"x\" for services.watch, expected an array, each of it a table"
        ),
        ("services.watch = [1]", "w.toml:1:19: found the integer 1 for services.watch, expected a table"),
        ("services.watch = [{ programs = ['/a'] }]", "w.toml:1:19: found no name in an item of services.watch"),
        (
            "services.watch = [{ name = 'a', units = ['a'] }]",
            "w.toml:1:19: found no programs in an item of services.watch"
        ),
        ("services.watch = [{ name = 'a', daemon = false }]", "w.toml:1:19: found no programs or units in an item"),
        (
            "[services]\nwatch = [\n  { name = 'a', programs = ['/a'], program = 1 } ]",
            "w.toml:3:36: found the unknown key program in [services.watch], expected one of name, units, programs, daemon"
        ),
        (
            "services.watch = [{ name = 'a b', programs = ['/a'] }]",
            "w.toml:1:28: found the string \"a b\" for services.watch.name, expected a name of"
        ),
        (
            "services.watch = [{ name = 'a', programs = ['a'] }]",
            "w.toml:1:45: found the string \"a\" for services.watch.programs, expected the absolute path"
        ),
        ("services.watch = [{ name = 'a', programs = ['/a/../b'] }]", "w.toml:1:45: found the string "),
        (
            "services.watch = [{ name = 'a', programs = ['/a'], units = ['a.timer'] }]",
            "w.toml:1:61: found the string \"a.timer\" for services.watch.units, expected a service"
        ),
        ("services.watch = [{ name = 'a', programs = ['/a'], units = ['../a'] }]", "w.toml:1:61: found the string "),
        (
            "state.interval = 3600",
            "w.toml:1:18: found the integer 3600 for state.interval, expected a duration from 1s"
        ),
    ])
    func `points at the key or the value`(text: String, complaint: String) {
        #expect(complaints(text).first?.hasPrefix(complaint) == true, "\(complaints(text))")
    }

    @Test(arguments: [
        ("output.path = ", 1), ("x = 1\n[output\n", 2), ("\n\n= 1", 3), ("a = 1\na = 2", 2), ("[a]\n[a]", 2),
        ("x = \"unterminated\n", 1), ("x = \"\"\"\nfor ever", 1), ("x = [1, 2", 1), ("x = {a = 1\n}", 1),
        ("x = 1 y = 2", 1), ("a = 'b' 'c'", 1), ("x = \"\\q\"", 1), ("x = \"\\ud800\"", 1), ("a\rb", 1),
        ("x = 99999999999999999999", 1), ("x = 0b2", 1), ("[]", 1), ("a..b = 1", 1), ("\"a\nb\" = 1", 1),
    ])
    func `tells where the text is not TOML`(text: String, line: Int) {
        let found = complaints(text)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("w.toml:") == true)
        // A construct that is not closed may be reported where it begins or where the text ends.
        let last = text.split(separator: "\n", omittingEmptySubsequences: false).count
        let reported = found.first.flatMap { Int($0.split(separator: ":")[1]) } ?? 0
        #expect((line...max(line, last)).contains(reported), "\(found)")
    }

    @Test func `stops at a hundred for one file and says how many more there are`() {
        let text = (0..<250).map { "key\($0) = 1" }.joined(separator: "\n")
        let found = complaints(text)
        #expect(found.count == 101)
        #expect(found.last == "w.toml: 150 more errors are not shown")
    }
}
