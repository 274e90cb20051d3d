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
        if json { writeJSON(doctor) } else { writeChecklist(doctor) }
        if !doctor.isUsable { throw ExitCode(CollectorError.unavailable("").exitCode) }
    }

    /// A checklist: what is there, what is not, and what follows from that.
    private func writeChecklist(_ doctor: Doctor) {
        Console.say("wallwatch \(version) on Linux \(HostFacts.current().kernel)\n")
        item(true, "privileges", "those that it needs")
        for family in HookFamily.allCases { write(family, doctor) }
        let text = ListerService.isLibraryThere ? "libnftables" : "only summaries: libnftables.so.1 is not installed"
        item(ListerService.isLibraryThere, "rule text", text)

        let missing = HookFamily.allCases.filter { doctor.best($0) == nil }.map(\.rawValue)
        Console.say("\n[ok] it is there   [--] it is not, and what follows is not seen   - a better way, refused here")
        let all = HookFamily.allCases.count
        let count =
            missing.isEmpty
            ? "All \(all) families of hooks are there"
            : "\(all - missing.count) of \(all) families of hooks are there, not \(missing.joined(separator: ", "))"
        Console.say("\(count). `wallwatch run` \(doctor.isUsable ? "can" : "cannot") work here.")
    }

    private func write(_ family: HookFamily, _ doctor: Doctor) {
        let findings = doctor.findings.filter { $0.family == family }
        let best = doctor.best(family)
        if let best {
            let isFirst = best == findings.first
            item(
                true, family.rawValue,
                "\(best.tier.rawValue)\(isFirst ? "" : ", the best that this kernel allows"): \(best.hooks)")
            detail("cost: \(best.cost)")
            detail("blind: \(best.blind)")
        } else {
            item(false, family.rawValue, "no hook of it can be had")
            detail("blind: \(doctor.blindness(of: family))")
        }
        for finding in findings where finding != best {
            if let refusal = finding.refusal {
                detail("- \(finding.tier.rawValue): \(finding.hooks)")
                detail("  refused: \(refusal)")
            } else {
                detail("also possible: \(finding.tier.rawValue): \(finding.hooks)")
                detail("  cost: \(finding.cost); blind: \(finding.blind)")
            }
        }
    }

    private func item(_ isThere: Bool, _ name: String, _ text: String) {
        let padded = name + String(repeating: " ", count: max(1, 11 - name.utf8.count))
        Console.say("[\(isThere ? "ok" : "--")] \(padded)\(text)")
    }

    private func detail(_ text: String) { Console.say("                \(text)") }

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
