/// How far the etcd of a fleet had come when this agent last wrote to it or read from it. A cluster
/// that was restored from a backup, or another one, lacks restarts, and nothing in it shows that.
package struct SharedWatermark: Hashable, Codable, Sendable {
    /// Of the etcd cluster, in decimal digits: JSON numbers cannot hold 64 bits.
    package var clusterID: String
    /// Of the shared state. It grows with what agents decide, and with nothing else: an agent that
    /// merely lives in a restored store does not make it look newer.
    package var version: Int64

    package init(clusterID: String, version: Int64) {
        self.clusterID = clusterID
        self.version = version
    }

    private static let fileName = "etcd.mark"

    /// nil if the agent has not used etcd yet.
    package static func read(inFolder folder: String) throws(LedgerError) -> SharedWatermark? {
        try MarkFile.read(Self.self, fileName, inFolder: folder)
    }

    package func write(inFolder folder: String) throws(LedgerError) {
        try MarkFile.write(self, Self.fileName, inFolder: folder)
    }

    /// Why a store with this state is not the one that this agent knows; nil if it may be.
    package func objection(to other: SharedWatermark) -> String? {
        if other.clusterID != clusterID {
            return "it is another etcd cluster (id \(other.clusterID)) than before (\(clusterID)),"
                + " and may lack restarts"
        }
        if other.version < version {
            return "its shared state has version \(other.version), and this agent has seen"
                + " \(version): it was restored from a backup and lacks what came later"
        }
        return nil
    }
}
