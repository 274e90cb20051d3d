/// What a rule says, in the words of the tool it belongs to.
package struct RuleText: Hashable, Sendable {
    /// Whose words they are; names are those of `wallwatch.change.operations[].rule_form`.
    package enum Form: String, CaseIterable, Sendable {
        /// As `nft list ruleset` shows it, without counters' figures.
        case nft
        /// As `iptables-save` or one of its kin shows it: of a legacy table, or of a table that iptables keeps in nftables.
        case iptables
        /// Not the rule's own words: what the model knows of it, where nobody listed it in time.
        case summary
    }

    package var text: String
    package var form: Form

    package init(_ text: String, _ form: Form) {
        self.text = text
        self.form = form
    }
}
