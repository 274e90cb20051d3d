import Detection
import Patterns
import Testing

@testable import Configuration

@Suite struct `Trust and maintenance` {
    static func errors(_ text: String) -> [String] {
        do throws(ConfigurationErrors) {
            _ = try Configuration(parsing: text)
            return []
        } catch { return error.errors.map { "\($0.line):\($0.column) \($0.message)" } }
    }

    @Test func `are read whole`() throws {
        let tuning = try Configuration(
            parsing: """
                [[trust]]
                name = "deploy"
                reason = "it rolls out the rules"
                expires = "2027-01-01T00:00:00Z"
                executable = ["/usr/sbin/nft", "/usr/sbin/iptables*"]
                script = "/opt/deploy/fw.sh"
                sha256 = "AB00000000000000000000000000000000000000000000000000000000000000"
                ancestor = "/usr/bin/puppet"
                unit = "deploy.service"
                container = "3f*"
                user = "root"
                login = ["alice", "1001"]
                backend = "nftables"
                table = "app"
                chain = "app-*"
                set = "app-set"
                file = "/etc/nftables.d/*"
                service = "nftables"
                may_empty = true

                [[trust]]
                reason = "the site's own agent"
                unit = "agent.service"

                [[maintenance]]
                name = "patch day"
                reason = "CHG-7"
                days = ["saturday", "sunday"]
                at = "22:30"
                for = "4h"
                timezone = "Europe/Berlin"

                [[maintenance]]
                reason = "the move"
                from = "2026-11-30T22:00:00+01:00"
                to = "2026-12-01T06:00Z"
                """
        ).tuning
        let first = try #require(tuning.trust.first)
        #expect(first.name == "deploy" && first.expires == 1_798_761_600 && first.mayEmpty)
        #expect(first.executables.map(\.text) == ["/usr/sbin/nft", "/usr/sbin/iptables*"])
        #expect(first.hashes == ["ab00000000000000000000000000000000000000000000000000000000000000"])
        #expect(first.logins.map(\.text) == ["alice", "1001"] && first.services.map(\.text) == ["nftables"])
        #expect(tuning.trust.last?.name == "trust[1]" && tuning.trust.count == 2)
        #expect(tuning.windows.map(\.name) == ["patch day", "maintenance[1]"])
        #expect(tuning.windows[1].time == .once(from: 1_796_072_400, to: 1_796_104_800))
        // Saturday 2026-11-28 21:30 UTC is half past ten in Berlin; 2026-07-04 20:30 UTC too.
        for begin: Int64 in [1_795_901_400, 1_783_197_000] {
            #expect(!tuning.windows[0].holds(begin - 1) && tuning.windows[0].holds(begin))
            #expect(tuning.windows[0].holds(begin + 14_399) && !tuning.windows[0].holds(begin + 14_400))
        }
    }

    @Test(arguments: [
        ("[[trust]]\nunit = \"x\"", "1:3 found no reason in trust[0]"),
        ("[[trust]]\nreason = \"x\"\nuser = \"root\"", "1:3 found nobody in trust[0]"),
        ("[[trust]]\nreason = \"x\"\nexecutable = \"/*\"", "3:14 found the string"),
        ("[[trust]]\nreason = \"x\"\nunit = \"*\"", "3:8 found the string"),
        ("[[trust]]\nreason = \"x\"\nexecutable = \"nft\"", "3:14 found the string"),
        ("[[trust]]\nreason = \"x\"\nunit = \"x\"\nsha256 = \"12\"", "4:10 found the string"),
        ("[[trust]]\nreason = \"x\"\nunit = \"x\"\nexpires = \"2026-02-30T00:00Z\"", "4:11 found the string"),
        ("[[trust]]\nreason = \"x\"\nunit = \"x\"\ncolour = 1", "4:1 found the unknown key colour in [trust[0]]"),
        ("[trust]\nreason = \"x\"", "1:2 found a table for trust"),
        ("[[maintenance]]\nreason = \"x\"", "1:3 found no whole window in maintenance[0]"),
        ("[[maintenance]]\nreason = \"x\"\nat = \"22:00\"", "1:3 found no whole window"),
        ("[[maintenance]]\nreason = \"x\"\nat = \"24:00\"\nfor = \"1h\"", "3:6 found the string"),
        ("[[maintenance]]\nreason = \"x\"\nat = \"22:00\"\nfor = \"8d\"", "4:7 found the string"),
        (
            "[[maintenance]]\nreason = \"x\"\nat = \"22:00\"\nfor = \"1h\"\ntimezone = \"Mars/Base\"",
            "5:12 found the string"
        ),
        (
            "[[maintenance]]\nreason = \"x\"\nat = \"22:00\"\nfor = \"1h\"\ntimezone = \"../../etc/passwd\"",
            "5:12 found the string"
        ),
        (
            "[[maintenance]]\nreason = \"x\"\nfrom = \"2026-12-01T00:00Z\"\nto = \"2026-11-01T00:00Z\"",
            "1:3 found a window that ends before it begins"
        ),
        (
            "[[maintenance]]\nreason = \"x\"\nfrom = \"2026-12-01T00:00\"\nto = \"2026-11-01T00:00Z\"",
            "3:8 found the string"
        ),
    ]) func `are refused with the place`(text: String, error: String) {
        let errors = Self.errors(text)
        #expect(errors.contains { $0.hasPrefix(error) }, "\(errors)")
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:34:56Z", 951_827_696),
        ("2026-11-27T00:00:00-11:30", 1_795_779_000),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ]) func `know moments`(text: String, seconds: Int) {
        #expect(Moment.seconds(text) == Int64(seconds))
    }

    @Test func `write moments as they read them`() {
        for seconds in stride(from: Int64(0), to: 4_000_000_000, by: 7_654_320) {
            #expect(Moment.seconds(Moment.text(seconds)) == seconds)
        }
    }
}
