import Synchronization

@testable import Rehearsal

/// What happens on the way of the first coordinator to etcd.
final class FaultSwitch: Sendable {
    private let fault = Mutex(SimulatedEtcdConnection.Fault.none)

    func set(_ new: SimulatedEtcdConnection.Fault) { fault.withLock { $0 = new } }

    var read: @Sendable () -> SimulatedEtcdConnection.Fault {
        { self.fault.withLock { $0 } }
    }
}
