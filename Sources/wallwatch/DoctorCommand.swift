import ArgumentParser
import Collector
import Host
import JSON
import Listing
import Probes

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Try what this kernel allows, and tell what each tier costs and what stays blind.",
        discussion: "Exits with 0 if `run` can work here, 69 if not.")

    @Flag(help: "Write one JSON object.")
    var json = false

    func run() throws {
        let missing = Capabilities.missing()
        guard missing.isEmpty else {
            return try Exit.onFailure { throw CollectorError.privileges(missing) }
        }
        let doctor = Doctor.examine()
        if json { writeJSON(doctor) } else { writeTable(doctor) }
        if !doctor.isUsable { throw ExitCode(CollectorError.unavailable("").exitCode) }
    }

    private func writeTable(_ doctor: Doctor) {
        Console.say("wallwatch \(version) on Linux \(HostFacts.current().kernel)\n")
        writeRow(" ", "FAMILY", "TIER", "HOOKS")
        for family in HookFamily.allCases {
            let best = doctor.best(family)
            for finding in doctor.findings where finding.family == family {
                let mark = finding.refusal == nil ? (finding == best ? "*" : "+") : "-"
                writeRow(mark, family.rawValue, finding.tier.rawValue, finding.hooks)
                if let refusal = finding.refusal {
                    writeRow(" ", "", "", "refused: \(refusal)")
                } else {
                    writeRow(" ", "", "", "cost: \(finding.cost)")
                    writeRow(" ", "", "", "blind: \(finding.blind)")
                }
            }
            if best == nil { writeRow("!", family.rawValue, "none", "blind: \(doctor.blindness(of: family))") }
        }
        let text = ListerService.isLibraryThere ? "libnftables" : "only summaries: libnftables.so.1 is not installed"
        Console.say("\nrule text: \(text)")
        Console.say("\n* in use   + possible   - refused by this kernel   ! nothing serves this family")
        Console.say(doctor.isUsable ? "`wallwatch run` can work here." : "`wallwatch run` cannot work here.")
    }

    private func writeRow(_ mark: String, _ family: String, _ tier: String, _ text: String) {
        func padded(_ word: String, _ width: Int) -> String {
            word + String(repeating: " ", count: max(1, width - word.utf8.count))
        }
        Console.say("\(mark) \(padded(family, 9))\(padded(tier, 12))\(text)")
    }

    private func writeJSON(_ doctor: Doctor) {
        var writer = JSONWriter()
        writer.line { line in
            line.field("version", version)
            line.field("kernel", HostFacts.current().kernel)
            line.field("usable", doctor.isUsable)
            line.field("rule_text", ListerService.isLibraryThere)
            line.array("families") { line in
                for family in HookFamily.allCases {
                    line.element { line in
                        line.field("family", family.rawValue)
                        line.field("tier", doctor.best(family)?.tier.rawValue ?? "none")
                        line.field("blind", doctor.blindness(of: family))
                        line.array("tiers") { line in
                            for finding in doctor.findings where finding.family == family {
                                line.element { line in
                                    line.field("tier", finding.tier.rawValue)
                                    line.field("hooks", finding.hooks)
                                    line.field("available", finding.refusal == nil)
                                    line.field("reason", finding.refusal)
                                    line.field("blind", finding.blind)
                                    line.field("cost", finding.cost)
                                }
                            }
                        }
                    }
                }
            }
        }
        Console.say(String(decoding: writer.bytes.dropLast(), as: UTF8.self))
    }
}
