package import ConfigFiles
package import Lineage

/// A file that decides the firewall after the next boot or reload was changed.
package struct ConfigFileReport {
    package var change: ConfigChange
    /// Who touched it last; nil: nobody was seen.
    package var author: Process?
    /// Who else touched it shortly before.
    package var others: [Process]
    /// A switch of the running kernel, and no file on a disk.
    package internal(set) var live: SysctlReport?
    /// The lines that differ, if they are to be told.
    let difference: [Substring]

    package init(_ change: ConfigChange, author: Process?, others: [Process], showsDifference: Bool) {
        self.change = change
        self.author = author
        self.others = others
        difference =
            showsDifference
            ? change.difference?.split(separator: "\n", omittingEmptySubsequences: false).dropLast() ?? [] : []
    }
}
