import Configuration
import Detection
import Foundation
import Identity
import SystemPackage
import Testing

@Suite struct `The settings` {
    @Test func `have the documented defaults`() throws {
        let configuration = try Configuration(parsing: "")
        #expect(configuration == Configuration())
        #expect(configuration.output.path == "-")
        #expect(configuration.output.format == .ecs)
        #expect(configuration.output.maxLineBytes == 8000)
        #expect(configuration.output.detail)
        #expect(configuration.output.emit == [.firewall, .firewallProcess, .state])
        #expect(configuration.state.directory == "/var/lib/wallwatch")
        #expect(configuration.state.interval == .seconds(3600))
        #expect(configuration.state.auditInterval == .seconds(600))
        #expect(configuration.probes.tier == .auto)
        #expect(configuration.probes.ringBytes == 8_388_608)
        #expect(configuration.probes.requestBytes == 262_144)
        #expect(configuration.probes.argumentBytes == 4096)
        #expect(configuration.probes.syscallTracing == .auto)
        #expect(configuration.netns.watch == .all)
        #expect(configuration.netns.max == 1024)
    }

    @Test func `are read from every section`() throws {
        let configuration = try Configuration(
            parsing: """
                netns = { watch = "host", "max" = 16 }  # an inline table
                state.interval = "2d"
                state.audit_interval = "30s"
                state.directory = '/srv/wallwatch'
                [output]
                path = "/var/log/wallwatch.json"
                format = "ocsf"
                max_line_bytes = "4KiB"
                detail = false
                emit = [
                    "process",  # all of them
                    "state", "state",
                ]
                [probes]
                tier = "restricted"
                ring_bytes = "16MiB"
                request_bytes = 65536
                argument_bytes = 16384
                syscall_tracing = "never"
                """)
        #expect(configuration.output.path == "/var/log/wallwatch.json")
        #expect(configuration.output.format == .ocsf)
        #expect(configuration.output.maxLineBytes == 4096)
        #expect(!configuration.output.detail)
        #expect(configuration.output.emit == [.process, .state])
        #expect(configuration.state.interval == .seconds(172_800))
        #expect(configuration.state.auditInterval == .seconds(30))
        #expect(configuration.state.directory == "/srv/wallwatch")
        #expect(configuration.probes.tier == .restricted)
        #expect(configuration.probes.ringBytes == 16 << 20)
        #expect(configuration.probes.requestBytes == 65_536)
        #expect(configuration.probes.argumentBytes == 16_384)
        #expect(configuration.probes.syscallTracing == .never)
        #expect(configuration.netns.watch == .host)
        #expect(configuration.netns.max == 16)
    }

    @Test func `say how lines get out`() throws {
        let defaults = Configuration().output
        #expect(defaults.linePrefix.isEmpty && defaults.metricsFile == nil && defaults.metricsInterval == .seconds(15))
        #expect(defaults.queueBytes == 8 << 20 && defaults.spillBytes == 64 << 20)
        #expect(defaults.rotateBytes == 0 && defaults.rotateKeep == 5)
        let output = try Configuration(
            parsing: """
                [output]
                line_prefix = "@cee: "
                queue_bytes = "64KiB"
                spill_bytes = 0
                rotate_bytes = "100MiB"
                rotate_keep = 9
                metrics_file = "/run/wallwatch.prom"
                metrics_interval = "1m"
                """
        ).output
        #expect(output.linePrefix == "@cee: " && output.queueBytes == 65_536 && output.spillBytes == 0)
        #expect(output.rotateBytes == 100 << 20 && output.rotateKeep == 9)
        #expect(output.metricsFile == "/run/wallwatch.prom" && output.metricsInterval == .seconds(60))
    }

    @Test(arguments: [
        "line_prefix = \"a{b\"", "line_prefix = \"a\\nb\"", "line_prefix = \"ü\"", "queue_bytes = 0",
        "spill_bytes = 4096",
        "rotate_bytes = \"1KiB\"", "rotate_keep = 0", "metrics_file = \"wallwatch.prom\"",
        "metrics_interval = \"500ms\"",
    ])
    func `refuse ways out that are none`(line: String) {
        #expect(throws: ConfigurationErrors.self) { try Configuration(parsing: "output.\(line)") }
    }

    @Test func `take services of the operator's own`() throws {
        let configuration = try Configuration(
            parsing: """
                [services]
                watch = [
                    { name = "my-fw", units = ["my-fw.service", "fw@eth0"], programs = ["/opt/my/fw"] },
                    { name = "loader", programs = ["/opt/my/load"], daemon = false },
                ]
                """)
        let services = configuration.services.watch
        #expect(services.map(\.name) == ["my-fw", "loader"] && services.map(\.daemon) == [true, false])
        #expect(services[0].units == ["my-fw", "fw@eth0"] && services[0].programs == ["/opt/my/fw"])
        let tables = try Configuration(
            parsing:
                "[[services.watch]]\nname = 'a'\nunits = ['a']\ndaemon = false\n[[services.watch]]\nname = 'b'\nprograms = ['/b']"
        )
        #expect(tables.services.watch.map(\.name) == ["a", "b"])
        #expect(try Configuration(parsing: "").services.watch.isEmpty)
    }

    @Test(arguments: [("500ms", 500), ("30s", 30_000), ("10m", 600_000), ("1h", 3_600_000), ("2d", 172_800_000)])
    func `take durations of every unit`(text: String, milliseconds: Int) throws {
        if milliseconds < 1000 {
            #expect(throws: ConfigurationErrors.self) { try Configuration(parsing: "state.interval = \"\(text)\"") }
        } else {
            let configuration = try Configuration(parsing: "state.interval = \"\(text)\"")
            #expect(configuration.state.interval == .milliseconds(milliseconds))
        }
    }

    @Test(arguments: [
        "", "s", "10", "10 s", "-1s", "1.5h", "1w", "1H", "٣s", "99999999999999999999s", "9223372036854775807d",
    ])
    func `refuse what is no duration`(text: String) {
        #expect(throws: ConfigurationErrors.self) { try Configuration(parsing: "state.interval = \"\(text)\"") }
    }

    @Test(arguments: ["\"9223372036854775807GiB\"", "\"8MB\"", "\"8 MiB\"", "-8388608", "3145728", "\"128KiB\"", "8.0"])
    func `refuse what is no ring size`(text: String) {
        #expect(throws: ConfigurationErrors.self) { try Configuration(parsing: "probes.ring_bytes = \(text)") }
    }

    @Test func `detection is tuned by key, a trait by its name`() throws {
        let text = """
            [detection]
            threshold = 35
            quiet = "500ms"
            off = ["WW007", "WW012"]
            [detection.weights]
            stdin_pipe = 25
            """
        let tuning = try Configuration(parsing: text).detection.tuning
        #expect(tuning.threshold == 35 && tuning.quiet == 500_000_000 && tuning.off == [.erosion, .unattributed])
        #expect(tuning.weights[.inputFromPipe] == 25 && tuning.weights[.inputFromSocket] == 30)
        #expect(throws: ConfigurationErrors.self) { try Configuration(parsing: "detection.weights.luck = 1") }
        #expect(throws: ConfigurationErrors.self) { try Configuration(parsing: "detection.off = ['WW099']") }
    }

    @Test func `are the defaults where the documented file is read`() throws {
        let path = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .appending("docs/configuration.md")
        let page = try String(contentsOfFile: path.string, encoding: .utf8)
        let text = try #require(page.split(separator: "```toml\n").dropFirst().first?.split(separator: "```").first)
        #expect(try Configuration(parsing: String(text)) == Configuration())
    }
}
