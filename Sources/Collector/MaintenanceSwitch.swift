internal import Detection
internal import FoundationEssentials
internal import Host
package import SystemPackage

/// Maintenance that somebody switched on by hand: a file of root's in the folder of the state.
package struct MaintenanceSwitch: Hashable, Sendable, Codable {
    package static let fileName = "maintenance"
    /// The longest there is, in seconds. One that ends later was not written by this program, and would be a day of
    /// silence more at each reading if it were cut: it is not believed.
    package static let longest: Int64 = 86_400

    /// In seconds since 1970.
    package var until: Int64
    package var reason: String
    /// Who switched it on, as he says.
    package var pid: UInt32

    package init(until: Int64, reason: String, pid: UInt32) {
        self.until = until
        self.reason = reason
        self.pid = pid
    }

    /// What is in the folder; nil: none that is believed.
    package init?(_ folder: FilePath) {
        guard let bytes = try? TrustedFile.read(folder.appending(Self.fileName), limit: 4096),
            let known = try? JSONDecoder().decode(MaintenanceSwitch.self, from: Data(bytes))
        else { return nil }
        self = known
    }

    func write(to folder: FilePath) throws(TrustedFile.Failure) {
        let bytes = (try? JSONEncoder().encode(self)).map { Array($0) } ?? []
        try TrustedFile.write(bytes, to: folder.appending(Self.fileName))
    }

    /// Whether it is on at that moment, in seconds since 1970.
    func isOn(at now: Int64) -> Bool { until > now && until - now <= Self.longest }

    var pause: Pause { Pause(until: until, reason: reason) }
}
