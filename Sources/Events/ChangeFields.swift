internal import Detection
internal import Inventory
internal import JSON
internal import RuleText

extension JSONWriter {
    /// `lowest`: the least there was in the burst of changes that it belongs to.
    mutating func figure(_ key: StaticString, _ count: Count, lowest: Int? = nil) {
        object(key) {
            $0.field("before", count.before)
            $0.field("after", count.after)
            $0.field("delta", count.delta)
            $0.field("min", lowest.flatMap { $0 < min(count.before, count.after) ? $0 : nil })
        }
    }

    /// How many rules there are, how many of them can still meet a packet, and how many of those drop or reject.
    mutating func figures(_ change: Change, lowest: Level? = nil) {
        figure("rules", change.rules, lowest: lowest?.rules)
        figure("effective_rules", change.effective, lowest: lowest?.effective)
        figure("blocking_rules", change.blocking, lowest: lowest?.blocking)
        figure("elements", change.elements)
    }

    /// A name of the kernel's. The decoders have escaped what is no text in it: here it is bytes again, so that it
    /// is escaped once and not twice.
    mutating func name(_ key: StaticString, _ name: String?, _ limits: Limits) {
        guard let name else { return }
        guard name.utf8.contains(UInt8(ascii: "\\")) else { return _ = field(key, limits.cut(name)) }
        field(key, bytes: limits.cut(EscapedText.decode(name)[...]))
    }

    mutating func netns(_ netns: NetnsReport) {
        object("netns") {
            $0.field("id", id: netns.id)
            $0.field("is_host", netns.isHost)
            $0.field("user_owned", netns.isUserOwned ? true : nil)
            if netns.cookie != 0 { $0.field("cookie", id: netns.cookie) }
        }
    }

    mutating func operations(_ operations: some Collection<Operation>, _ limits: Limits) {
        array("operations") { line in
            for operation in operations { line.element { $0.write(operation, limits) } }
        }
    }

    private mutating func write(_ operation: Operation, _ limits: Limits) {
        field("op", operation.kind.rawValue)
        field("family", operation.family)
        name("table", operation.table, limits)
        name("chain", operation.chain, limits)
        name("set", operation.set, limits)
        field("handle", id: operation.handle)
        field("count", operation.count)
        object("policy") {
            $0.field("before", operation.policy?.before)
            $0.field("after", operation.policy?.after)
        }
        name("detail", operation.detail, limits)
        let lines = operation.lines.value
        if lines.count == 1, operation.count ?? 1 == 1, let line = lines.first {
            rule(line, limits)
        } else {
            array("rules") { list in
                for line in lines.prefix(limits.rules) where line.before != nil || line.after != nil {
                    list.element {
                        $0.field("handle", id: line.handle)
                        $0.rule(line, limits)
                    }
                }
            }
        }
    }

    /// `rule` is what came or went; of a replacement, `rule_before` what it replaced.
    private mutating func rule(_ line: RuleLine, _ limits: Limits) {
        guard let text = line.after ?? line.before, limits.rules > 0 else { return }
        name("rule", text.text, limits)
        if line.after != nil { name("rule_before", line.before?.text, limits) }
        field("rule_form", text.form.rawValue)
    }

    /// The policies that changed, in a list of their own: what an analyst asks first.
    mutating func policies(_ operations: [Operation], _ limits: Limits) {
        array("policies") { line in
            for operation in operations where operation.kind == .policy {
                line.element {
                    $0.field("family", operation.family)
                    $0.name("table", operation.table, limits)
                    $0.name("chain", operation.chain, limits)
                    $0.field("before", operation.policy?.before)
                    $0.field("after", operation.policy?.after)
                }
            }
        }
    }
}
