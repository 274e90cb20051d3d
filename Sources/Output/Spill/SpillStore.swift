import Glibc
import SystemPackage

/// The spill file of one writer, if it may have one: made when it is needed first.
struct SpillStore {
    private let plan: OutputPlan.Spill?
    private var file: SpillFile?
    /// Why there is none, and when it is tried again.
    private var failure: Errno?
    private var notBefore = ContinuousClock.now

    init(_ plan: OutputPlan.Spill?) { self.plan = plan }

    var isEmpty: Bool { file?.isEmpty ?? true }
    var bytes: Int { file?.bytes ?? 0 }

    /// Takes up what an earlier process left. Returns why that cannot be had.
    mutating func recover() -> Errno? {
        guard let plan, access(plan.path.string, F_OK) == 0 else { return nil }
        open(plan)
        return failure
    }

    /// Whether there may be room for lines at all. Returns why not, the first time.
    mutating func prepare() -> (isReady: Bool, trouble: Errno?) {
        guard let plan else { return (false, nil) }
        guard file == nil, ContinuousClock.now >= notBefore else { return (file != nil, nil) }
        let before = failure
        open(plan)
        return (file != nil, failure == before ? nil : failure)
    }

    private mutating func open(_ plan: OutputPlan.Spill) {
        do throws(Errno) {
            file = try SpillFile(plan.path, capacity: plan.bytes)
            failure = nil
        } catch {
            failure = error
            notBefore = .now + .seconds(10)
        }
    }

    var room: SpillRoom { file?.room ?? SpillRoom() }

    /// All or none of them.
    func append(_ lines: [QueuedLine]) throws(Errno) {
        guard let file else { throw Errno.noSuchFileOrDirectory }
        try file.append(lines)
    }

    func oldest() -> SpillFile.Oldest? { file?.oldest() }
    func remove(_ oldest: SpillFile.Oldest) { file?.remove(oldest) }
    func takeDamage() -> UInt64 { file?.takeDamage() ?? 0 }
}
