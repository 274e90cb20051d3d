import Testing

@testable import Collector

@Suite struct `Maintenance switch` {
    @Test(arguments: [
        (until: 1000, isOn: false), (until: 999, isOn: false), (until: Int64.min, isOn: false),
        (until: 1001, isOn: true),
        (until: 1000 + MaintenanceSwitch.longest, isOn: true), (until: 1001 + MaintenanceSwitch.longest, isOn: false),
        (until: Int64.max, isOn: false),
    ])
    func `is on for a day at most, however it was written`(case: (until: Int64, isOn: Bool)) {
        let wanted = MaintenanceSwitch(until: `case`.until, reason: "patches", pid: 1)
        #expect(wanted.isOn(at: 1000) == `case`.isOn)
    }
}
