/// What was found when an executable, or a script, was looked at on disk.
package struct FileFindings: Hashable, Sendable {
    /// In hexadecimal; nil: too large, or it could not be read.
    package var sha256: String?
    /// When its bytes and its inode were last changed, in nanoseconds since 1970. Nobody but the clock sets the second.
    package var modified: Int64
    package var changed: Int64
    /// The nearest folder above it in which others than root may put files; nil: none.
    package var writableFolder: String?
    /// It belongs to root, and nobody else may write it.
    package var isRoots: Bool

    package init(
        sha256: String?, modified: Int64, changed: Int64, writableFolder: String? = nil, isRoots: Bool = false
    ) {
        self.sha256 = sha256
        self.modified = modified
        self.changed = changed
        self.writableFolder = writableFolder
        self.isRoots = isRoots
    }
}
