import Files
import Glibc
import JSON

/// An order to the agent.
struct OrderRequest: Sendable {
    let verb: String
    /// By which the agent recognises an order that is given again.
    let id: String
    let body: JSONValue

    init(_ verb: String, by: String, reason: String, _ members: [JSONMember]) {
        self.verb = verb
        id = Self.uuid()
        body = .object(
            members + [
                JSONMember("reason", .string(reason)), JSONMember("by", .string(by)),
                JSONMember("id", .string(id)),
            ]
        )
    }

    /// RFC 9562, version 4.
    private static func uuid() -> String {
        var generator = SystemRandomNumberGenerator()
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }
            .joined(separator: "-")
    }
}

/// The person at the terminal.
enum Person {
    /// `user@host`. The agent records the authenticated user beside it.
    static var description: String { "\(user)@\(host)" }

    private static var user: String {
        if let entry = unsafe getpwuid(getuid()), let name = unsafe entry.pointee.pw_name {
            return unsafe String(cString: name)
        }
        return "\(getuid())"
    }

    private static var host: String {
        let name = HostName.current
        return name.isEmpty ? "unknown" : name
    }
}
