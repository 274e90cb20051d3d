import Configuration
import Glibc
import SystemPackage
import Testing

@Suite struct `Loading a configuration` {
    @Test func `uses the defaults when no file is there`() throws {
        let scratch = try Scratch()
        #expect(try Configuration(loading: scratch.source) == Configuration())
        let nowhere = ConfigurationSource(file: "/nowhere/w.toml", isRequired: false, dropIns: "/nowhere/conf.d")
        #expect(try Configuration(loading: nowhere) == Configuration())
    }

    @Test func `fails when a file that was named is not there`() {
        let error = #expect(throws: ConfigurationErrors.self) {
            try Configuration(loading: .named("/nowhere/w.toml"))
        }
        #expect(
            error?.description == "/nowhere/w.toml: cannot be read: No such file or directory; expected a TOML file")
    }

    @Test func `lets drop-ins override key by key, in the order of their names`() throws {
        let scratch = try Scratch()
        try scratch.write("w.toml", "[output]\nmax_line_bytes = 4000\ndetail = false\n[netns]\nmax = 1")
        try scratch.write("conf.d/20-b.toml", "netns.max = 3")
        try scratch.write("conf.d/10-a.toml", "netns.max = 2\noutput.detail = true")
        try scratch.write("conf.d/30-c.toml~", "netns.max = 4")
        try scratch.write("conf.d/.30-d.toml", "netns.max = 5")
        let configuration = try Configuration(loading: scratch.source)
        #expect(configuration.output.maxLineBytes == 4000)
        #expect(configuration.output.detail)
        #expect(configuration.netns.max == 3)
    }

    @Test func `tells the errors of all files at once`() throws {
        let scratch = try Scratch()
        try scratch.write("w.toml", "x = 1")
        try scratch.write("conf.d/a.toml", "= 1")
        try scratch.write("conf.d/b.toml", "\n y = 1")
        let error = #expect(throws: ConfigurationErrors.self) { try Configuration(loading: scratch.source) }
        let places = error?.errors.map { "\($0.file):\($0.line):\($0.column)" }
        let files = ["w.toml:1:1", "conf.d/a.toml:1:1", "conf.d/b.toml:2:2"]
        #expect(places == files.map { "\(scratch.path)/\($0)" })
    }

    @Test(arguments: ["/dev/zero", "/etc", "/proc/self/fd/0/x"])
    func `refuses what is no regular file`(path: String) {
        let error = #expect(throws: ConfigurationErrors.self) {
            try Configuration(loading: .named(FilePath(path)))
        }
        #expect(error?.errors.first?.line == 0)
    }

    @Test func `does not wait for a named pipe`() throws {
        let scratch = try Scratch()
        let pipe = scratch.path.appending("pipe").string
        mkfifo(pipe, 0o600)
        defer { unlink(pipe) }
        #expect(throws: ConfigurationErrors.self) { try Configuration(loading: .named(FilePath(pipe))) }
    }
}
