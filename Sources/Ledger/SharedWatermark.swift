/// How far the etcd of a fleet had come when this agent last wrote to it or read from it. A cluster
/// that was restored from a backup, or another one, lacks restarts, and nothing in it shows that.
package struct SharedWatermark: Hashable, Codable, Sendable {
    /// Of the etcd cluster, in decimal digits: JSON numbers cannot hold 64 bits.
    package var clusterID: String
    /// The revision of the whole store, which only grows.
    package var revision: Int64

    package init(clusterID: String, revision: Int64) {
        self.clusterID = clusterID
        self.revision = revision
    }

    private static let fileName = "etcd.mark"

    /// nil if the agent has not used etcd yet.
    package static func read(inFolder folder: String) throws(LedgerError) -> SharedWatermark? {
        try MarkFile.read(Self.self, fileName, inFolder: folder)
    }

    package func write(inFolder folder: String) throws(LedgerError) {
        try MarkFile.write(self, Self.fileName, inFolder: folder)
    }

    /// Why a store with this answer is not the one that this agent knows; nil if it may be.
    package func objection(toCluster id: String, revision: Int64) -> String? {
        if id != clusterID {
            return "it is another etcd cluster (id \(id)) than before (\(clusterID)), and may lack"
                + " restarts"
        }
        if revision < self.revision {
            return "its history ends at revision \(revision), and this agent has seen"
                + " \(self.revision): it was restored from a backup and lacks what came later"
        }
        return nil
    }
}
