import API
import Configuration
import Coordination
import Etcd
import Files
import GES
import Ledger
import Logging
import Time

extension ApplicationParts {
    /// The coordinator of an agent that shares its fleet; nil for one that is alone.
    func coordinator(_ own: any LedgerWriter) throws(StartError) -> Coordinator? {
        guard let shared = loaded.configuration.sharedLedger else { return nil }
        var settings = Coordinator.Settings(
            id: Self.newID(),
            name: shared.name ?? HostName.current,
            prefix: shared.prefix(ofProject: loaded.configuration.cloud.projectID)
                + (options.shard.map { "shard-\($0.number)-of-\($0.count)/" } ?? ""),
            policyHash: loaded.policyHash
        )
        settings.lease = shared.lease
        settings.dividesWatch = shared.dividesWatch
        settings.url = options.externalURL?.absolute(isEncrypted: isEncrypted)
        let freshness = loaded.configuration.sampling.freshness
        settings.patience = max(freshness, shared.lease.timeToLive)
        let folder = options.storagePath
        settings.keep = { mark throws(LedgerError) in try mark.write(inFolder: folder) }
        do throws(LedgerError) {
            if !options.acceptsOlderLedger {
                settings.watermark = try SharedWatermark.read(inFolder: folder)
            }
        } catch {
            throw .storage("\(error)")
        }
        return Coordinator(
            store: try store(shared),
            own: own,
            settings: settings,
            clock: clock,
            metrics: metrics,
            wake: { [inbox] in inbox.wake.set() },
            logger: logger
        )
    }

    private func store(_ shared: SharedLedgerConfiguration) throws(StartError) -> EtcdClient {
        let etcd = EtcdConfiguration(
            endpoints: shared.endpoints.map { "\($0)" },
            caFile: shared.caFile,
            certificateFile: shared.certificateFile,
            keyFile: shared.keyFile,
            user: shared.user,
            passwordFile: shared.passwordFile,
            timeout: shared.lease.timeout
        )
        do throws(EtcdError) {
            return try EtcdClient(etcd)
        } catch {
            throw .client("ledger.etcd: the client cannot start: \(error)")
        }
    }

    /// A restarted agent must not take itself for the one before: 128 random bits.
    private static func newID() -> String {
        var generator = SystemRandomNumberGenerator()
        let words: [UInt64] = [generator.next(), generator.next()]
        return words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        .joined()
    }
}
