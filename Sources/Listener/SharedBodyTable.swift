/// The shared bodies that are being sent, and to whom. Memory for each is needed once, until its
/// last reader is done.
///
/// Confined to the event loop.
struct SharedBodyTable {
    private struct Version {
        let number: Int
        let byteCount: Int
        var holders: [ConnectionHandler] = []
    }

    private var versions: [ObjectIdentifier: Version] = [:]
    private var nextNumber = 0

    /// Returns false if nobody holds the body: `insert` it once there is memory for it.
    mutating func join(_ body: SharedBody, _ holder: ConnectionHandler) -> Bool {
        guard versions[body.identifier] != nil else { return false }
        versions[body.identifier]?.holders.append(holder)
        return true
    }

    mutating func insert(_ body: SharedBody, _ holder: ConnectionHandler) {
        let version = Version(number: nextNumber, byteCount: body.count, holders: [holder])
        versions[body.identifier] = version
        nextNumber += 1
    }

    /// Returns the number of bytes that nobody holds any more.
    mutating func leave(_ body: SharedBody, _ holder: ConnectionHandler) -> Int {
        guard var version = versions[body.identifier] else { return 0 }
        version.holders.removeAll { $0 === holder }
        versions[body.identifier] = version.holders.isEmpty ? nil : version
        return version.holders.isEmpty ? version.byteCount : 0
    }

    /// Those who hold the oldest body all of whose holders meet the condition.
    func holdersOfOldest(where condition: (ConnectionHandler) -> Bool) -> [ConnectionHandler]? {
        versions.values.filter { $0.holders.allSatisfy(condition) }
            .min { $0.number < $1.number }?.holders
    }
}
