internal import Inventory
internal import Netlink
internal import NetlinkIO

/// Chains that stand at a device (`netdev`, `ingress` of `inet`).
extension Collector {
    /// A device that goes takes such a chain with it, and its rules: without a request or a notification (seen on 5.10
    /// and 6.1; newer kernels keep the chain). So where one went, what stands is looked at.
    func readDeviceEvents() {
        var numbers: Set<Int32?> = []
        var isOverrun = false
        while true {
            let reception = try? deviceEvents.receive { bytes, nsid in
                forEachMessage(in: bytes) { header, _ in
                    if header.type == DeviceEvents.removedType { numbers.insert(nsid) }
                }
            }
            if reception == .overrun { isOverrun = true }
            guard reception == .delivered || reception == .overrun else { break }
        }
        guard isOverrun || !numbers.isEmpty else { return }
        for namespace in namespaces.all where isOverrun || numbers.contains(namespace.nsid) {
            guard namespace.state.nft.hasDeviceChains else { continue }
            resync(namespace, "a device is gone, and with it the chain that stood at it")
        }
    }
}

extension NFTState {
    fileprivate var hasDeviceChains: Bool {
        tables.values.contains { $0.chains.values.contains { $0.hook?.devices.isEmpty == false } }
    }
}
