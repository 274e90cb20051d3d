internal import Glibc
internal import Host
internal import Probes
package import SystemPackage

/// Takes away what an earlier collector left in the kernel.
package enum Unpinning {
    /// Empties and removes the folder, unless a collector runs on it. Returns how many programs were in it.
    package static func remove(_ path: String, state: FilePath) throws(CollectorError) -> Int {
        let privileges = Capabilities.missing()
        guard privileges.isEmpty else { throw .privileges(privileges) }
        guard access(path, F_OK) == 0 else { return 0 }
        do throws(Pins.Failure) {
            let count = try Pins(path, isAnybodys: true).remove()
            // The next collector must not take it for tampering.
            if access(state.string, F_OK) == 0 { try? StateDirectory(state).noteUnpinning() }
            return count
        } catch {
            switch error {
            case .busy: throw .inUse(path)
            default: throw .system("\(error)")
            }
        }
    }
}

extension Collector {
    /// Where the kernel half stays when this process ends; nil: nowhere.
    package var pinnedPath: String? { probes.pinning.path }
}
