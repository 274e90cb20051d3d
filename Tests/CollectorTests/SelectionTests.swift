import Configuration
import Glibc
import Host
import Patterns
import Testing

@testable import Collector

@Suite struct `The selection of namespaces` {
    static func selection(_ text: String) throws -> NamespaceSelection {
        NamespaceSelection(try Configuration(parsing: "[netns]\n" + text).netns)
    }

    @Test func `takes all, or none but the host's`() throws {
        #expect(try Self.selection("watch = \"all\"").includes(7, tasks: []))
        #expect(try !Self.selection("watch = \"host\"\nmatch = [\"*\", \"container:*\"]").includes(7, tasks: [1]))
    }

    @Test func `takes what a path leads to`() throws {
        let own = try #require(NamespaceFiles.own)
        #expect(try Self.selection("watch = \"match\"\nmatch = [\"/proc/s?lf/ns/net\"]").includes(own, tasks: []))
        #expect(try !Self.selection("watch = \"match\"\nmatch = [\"/proc/self/ns/uts\"]").includes(own, tasks: []))
        #expect(try !Self.selection("watch = \"match\"").includes(own, tasks: [UInt32(getpid())]))
    }

    @Test func `expands a path part by part`() throws {
        #expect(
            NamespaceSelection.files([Glob("proc"), Glob("sel?"), Glob("ns"), Glob("n*t")]) == ["/proc/self/ns/net"])
        #expect(NamespaceSelection.files([Glob("nowhere-*"), Glob("x")]).isEmpty)
    }

    @Test func `looks again at what it passed over after a moment, and at once in another control group`() throws {
        var selection = try Self.selection("watch = \"match\"\nmatch = [\"x\"]")
        let patience = NamespaceSelection.patience
        let seen: [(UInt32, UInt64, UInt64)] = [
            (7, 1, 0), (7, 1, patience - 1), (7, 2, patience - 1), (8, 1, patience - 1), (7, 1, patience),
        ]
        var answers: [Bool] = []
        for (inode, group, time) in seen {
            answers.append(selection.wasPassedOver(inode, controlGroup: group, at: time))
        }
        #expect(answers == [false, true, false, false, false])
    }

    @Test func `passes over nothing where all are watched`() throws {
        var selection = try Self.selection("watch = \"all\"")
        let first = selection.wasPassedOver(7, controlGroup: 1, at: 0)
        let second = selection.wasPassedOver(7, controlGroup: 1, at: 1)
        #expect(!first && !second)
    }
}
