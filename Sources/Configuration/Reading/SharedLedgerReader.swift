import Coordination
import Cycle
import GES
import Remediation
import StrictYAML

/// Reads the section `ledger`: how agents that share a fleet agree on one that acts.
struct SharedLedgerReader {
    let paths: FilePaths

    var ledger: YAMLType<SharedLedgerConfiguration?> {
        .mapping { reader in
            let etcd = reader.optional("etcd", etcd)
            let name = reader.optional("name", .nonEmptyString)
            let lease = reader.value(
                "lease",
                .duration(in: LeaseTiming.allowed),
                default: LeaseTiming.standard.timeToLive
            )
            let dividesWatch = reader.value("divide_watch", .bool, default: false)
            guard var etcd else {
                for key in ["name", "lease", "divide_watch"] where reader.has(key) {
                    reader.report("\(key) needs etcd", at: key)
                }
                return nil
            }
            etcd.name = name
            etcd.lease = LeaseTiming(timeToLive: lease)
            etcd.dividesWatch = dividesWatch
            return etcd
        }
    }

    private var etcd: YAMLType<SharedLedgerConfiguration> {
        .mapping { reader in
            var etcd = SharedLedgerConfiguration(
                endpoints: reader.required(
                    "endpoints",
                    .list(of: CloudReader.endpoint, count: 1...10)
                )
            )
            etcd.prefix = reader.optional("prefix", prefix)
            etcd.caFile = reader.optional("ca_file", paths.certificateAuthorityFile)
            etcd.certificateFile = reader.optional("cert_file", paths.plainFile)
            etcd.keyFile = reader.optional("key_file", paths.privateKeyFile)
            etcd.user = reader.optional("user", .nonEmptyString)
            etcd.passwordFile = reader.optional("password_file", paths.secretFile)
            for pair in [("cert_file", "key_file"), ("user", "password_file")]
            where reader.has(pair.0) != reader.has(pair.1) {
                reader.report("\(pair.0) and \(pair.1) need each other")
            }
            for endpoint in etcd.endpoints
            where endpoint.scheme == .http && !endpoint.isLoopback {
                reader.report(
                    "whoever can write to \(endpoint) decides what is restarted; use https",
                    at: "endpoints",
                    severity: .warning
                )
            }
            return etcd
        }
    }

    private var prefix: YAMLType<String> {
        .nonEmptyString.checked { text in
            text.hasPrefix("/") ? nil : "must begin with /, such as /graphwarden/production/"
        }
    }
}
