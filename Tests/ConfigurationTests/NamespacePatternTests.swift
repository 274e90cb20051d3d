import Configuration
import Patterns
import Testing

@Suite struct `A pattern of names` {
    @Test(arguments: [
        ("blue", "blue"), ("blue*", "blue"), ("blue*", "blue-1"), ("*", ""), ("*", "anything"), ("b?ue", "blue"),
        ("*-*", "a-b-c"), ("a*b*c", "a-b-b-c"), ("?", "é"), ("**", ""), ("*.scope", "x.scope.scope"),
    ])
    func `stands for`(pattern: String, name: String) { #expect(Glob(pattern).matches(name)) }

    @Test(arguments: [
        ("blue", "blue1"), ("blue", "Blue"), ("blue*", "a-blue"), ("b?ue", "bue"), ("", "a"), ("a*b*c", "a-b-c-"),
        ("?", ""), ("[a-z]", "a"),
    ])
    func `does not stand for`(pattern: String, name: String) { #expect(!Glob(pattern).matches(name)) }

    @Test func `takes no time out of proportion, whatever it is`() {
        let glob = Glob(String(repeating: "*a", count: 200))
        #expect(!glob.matches(String(repeating: "a", count: 4000) + "b"))
    }
}

@Suite struct `The namespaces to watch` {
    @Test func `are named in a list`() throws {
        let configuration = try Configuration(
            parsing: """
                [netns]
                watch = "match"
                match = ["blue*", "/run/*/x", "container:3f2a*"]
                """)
        #expect(configuration.netns.watch == .match)
        #expect(
            configuration.netns.match == [
                .name(Glob("blue*")), .path([Glob("run"), Glob("*"), Glob("x")]), .container(Glob("3f2a*")),
            ])
    }

    @Test(arguments: ["", "/", "a/b", "/run/../x", "/./x", "container:", "container:a/b"])
    func `are not told by what names nothing`(text: String) {
        #expect(NetnsPattern(text) == nil)
        #expect(throws: ConfigurationErrors.self) { try Configuration(parsing: "netns.match = [\"\(text)\"]") }
    }

    @Test func `are refused with their place`() {
        #expect(
            complaints("[netns]\nmatch = [\"a\", 7]") == [
                "w.toml:2:15: found the integer 7 for netns.match, "
                    + "expected a name, an absolute path or \"container:ID\", where * stands for anything"
            ])
        #expect(
            complaints("netns.match = \"a\"") == [
                "w.toml:1:15: found the string \"a\" for netns.match, expected an array, each of it "
                    + "a name, an absolute path or \"container:ID\", where * stands for anything"
            ])
    }

    @Test func `may be none`() throws {
        #expect(try Configuration(parsing: "netns.match = []").netns.match.isEmpty)
    }

    @Test(arguments: [
        "/system.slice/docker-3f2a9c.scope", "/docker/3f2a9c", "/machine.slice/libpod-3f2a9c.scope",
        "/kubepods.slice/kubepods-pod1.slice/cri-containerd-3f2a9c.scope", "/lxc.payload.3f2a9c/init.scope",
        "/kubepods/besteffort/pod1/3f2a9c", "/system.slice/docker-3f2a9c.scope/inner",
    ])
    func `are found by the control group of a container`(path: String) throws {
        #expect(try #require(NetnsPattern("container:3f2a*")).matches(controlGroup: path))
        #expect(try #require(NetnsPattern("container:3f2a9c")).matches(controlGroup: path))
    }

    @Test(arguments: ["/", "/system.slice/sshd.service", "/docker/93f2a", "/3f2", "/x3f2a9c", "/user.slice"])
    func `are not found by another's`(path: String) throws {
        #expect(!(try #require(NetnsPattern("container:3f2a*")).matches(controlGroup: path)))
        #expect(!(try #require(NetnsPattern("3f2a*")).matches(controlGroup: "/docker/3f2a9c")))
    }
}
