import API
import Coordination
import Cycle
import Diagnosis
import JSON
import Ledger
import Rehearsal
import Remediation
import Rules
import Time

extension Targets {
    /// What the ledger and etcd give back. The first line names the type. Whatever is read is
    /// written and read again without a loss.
    static let records = Target("records", tokens: Tokens.json + Tokens.times + Tokens.records) {
        input in
        let envelope = Envelope(input)
        return try envelope.choice(0, of: Records.types)(envelope.rest)
    }

    /// Alerts of Alertmanager and Prometheus, and the bodies of orders.
    static let webhook = Target("webhook", tokens: Tokens.json + Tokens.times + Tokens.webhook) {
        input in
        let envelope = Envelope(input)
        return try envelope.choice(0, of: Records.messages)(envelope.rest)
    }
}

extension Tokens {
    fileprivate static let records = [
        "\"phase\":", "\"idle\"", "\"restarting\"", "\"verifying\"", "\"attempts\":[", "\"since\":",
        "\"until\":", "\"graph_id\"", "\"id\":\"g\"", "\"outcome\":", "\"mode\":\"auto\"",
        "{\"_0\":",
        "\"fleet\":{}", "\"sights\":{", "\"poll\":",
    ]

    fileprivate static let webhook = [
        "\"version\":\"4\"", "\"alerts\":[", "\"status\":\"firing\"", "\"resolved\"",
        "\"labels\":{", "\"annotations\":{", "\"startsAt\":", "\"endsAt\":", "\"fingerprint\":",
        "\"truncatedAlerts\":", "\"for\":\"2h\"", "\"until\":", "\"scope\":\"fleet\"",
        "\"overrides\":[", "\"by\":\"a\"", "\"reason\":\"b\"", "\"graph_id\":", "\"id\":\"x\"",
    ]
}

private enum Records {
    typealias Read = @Sendable ([UInt8]) throws -> Reading

    static let types: KeyValuePairs<String, Read> = [
        "graph": { try check(GraphRecord.self, $0) },
        "pauses": { try check([Pause].self, $0) },
        "snapshot": { try check(MachineSnapshot.self, $0) },
        "member": { try check(MemberReport.self, $0) },
        "intent": { try check(Intent.self, $0) },
        "order": { try check(AnsweredOrder.self, $0) },
        "audit": { try check(AuditEntry.self, $0) },
        "incident": { try check(IncidentRecord.self, $0) },
        "event": { try check(IncidentEvent.self, $0) },
        "memory": { try check(GraphMemory.self, $0) },
        "alert": { try check(AlertSnapshot.self, $0) },
        "watermark": { try check(SharedWatermark.self, $0) },
    ]

    private static func check<Value: Codable & Equatable>(
        _ type: Value.Type,
        _ bytes: [UInt8]
    ) throws -> Reading {
        let value: Value
        do {
            value = try StrictJSONDecoder().decode(type, from: bytes)
        } catch {
            try Message.check("\(error)")
            return .refused
        }
        do {
            let written = try StrictJSONEncoder().encode(value)
            guard try StrictJSONDecoder().decode(type, from: written) == value else {
                throw Broken("reads back differently", String(decoding: written, as: UTF8.self))
            }
        } catch let error as JSONError {
            throw Broken("cannot read what it wrote", "\(error)")
        }
        return .accepted
    }

    // MARK: Messages

    private static let now = Timestamp(milliseconds: 1_795_000_000_000)

    static let messages: KeyValuePairs<String, Read> = [
        "alertmanager": { try alerts(.alertmanagerWebhook, $0) },
        "prometheus": { try alerts(.prometheusAlerts, $0) },
        "pause": { try order("pause", $0) },
        "resume": { try order("resume", $0) },
        "restart": { try order("restart", $0) },
        "approve": { try order("approve", $0) },
        "reject": { try order("reject", $0) },
        "acknowledge": { try order("acknowledge", $0) },
    ]

    private static func alerts(_ format: AlertFormat, _ bytes: [UInt8]) throws -> Reading {
        do throws(JSONError) {
            let message = try format.message(bytes, at: now)
            for case .failure(let error) in message.entries {
                guard (try? Message.check("\(error)")) != nil else { throw error }
            }
            return .accepted
        } catch {
            try Message.check("\(error)")
            return .refused
        }
    }

    private static func order(_ verb: String, _ bytes: [UInt8]) throws -> Reading {
        do throws(JSONError) {
            let order = try OrderBody.order(verb, bytes, user: "u", at: now)
            guard !order.reason.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
                throw JSONError(path: String(repeating: "$", count: 5_000), message: order.reason)
            }
            return .accepted
        } catch {
            try Message.check("\(error)")
            return .refused
        }
    }
}
