internal import Glibc
internal import Host
package import SystemPackage

/// Maintenance from the command line: the switch is a file, the collector watches it.
package enum Maintenance {
    package static var ownPID: UInt32 { UInt32(bitPattern: getpid()) }

    /// Switches it on. Returns whether a collector is there to hear of it.
    package static func start(_ wanted: MaintenanceSwitch, in folder: FilePath) throws(CollectorError) -> Bool {
        try check(folder)
        do throws(TrustedFile.Failure) { try wanted.write(to: folder) } catch {
            throw .system("could not write \(folder.appending(MaintenanceSwitch.fileName)): \(error)")
        }
        do throws(StateDirectory.Failure) {
            _ = try StateDirectory(folder)
            return false
        } catch {
            if case .busy = error { return true }
            return false
        }
    }

    /// Returns whether it was on.
    package static func stop(in folder: FilePath) throws(CollectorError) -> Bool {
        try check(folder)
        let path = folder.appending(MaintenanceSwitch.fileName)
        let wasOn = try left(in: folder) != nil
        guard unlink(path.string) == 0 || errno == ENOENT else {
            throw .system("could not remove \(path): \(Errno(rawValue: errno))")
        }
        return wasOn
    }

    package static func left(in folder: FilePath) throws(CollectorError) -> (seconds: Int64, reason: String)? {
        try check(folder)
        let now = Int64(Clock.realtime / 1_000_000_000)
        guard let known = MaintenanceSwitch(folder), known.isOn(at: now) else { return nil }
        return (known.until - now, known.reason)
    }

    private static func check(_ folder: FilePath) throws(CollectorError) {
        guard geteuid() == 0 else { throw .privileges(["root"]) }
        guard access(folder.string, F_OK) == 0 else {
            throw .system("there is no folder \(folder): no wallwatch ever ran with it")
        }
    }
}
