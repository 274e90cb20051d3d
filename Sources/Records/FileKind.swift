/// What kind of file a descriptor stands for, as the type in `st_mode` has it (stat(2)).
package enum FileKind: String, Hashable, Sendable {
    case pipe
    case characterDevice = "character-device"
    case directory
    case blockDevice = "block-device"
    case file
    case socket

    /// nil: of no kind that has a name, as an epoll or a closed descriptor.
    package init?(mode: UInt16) {
        switch mode & 0o170_000 {
        case 0o010_000: self = .pipe
        case 0o020_000: self = .characterDevice
        case 0o040_000: self = .directory
        case 0o060_000: self = .blockDevice
        case 0o100_000: self = .file
        case 0o140_000: self = .socket
        default: return nil
        }
    }
}
