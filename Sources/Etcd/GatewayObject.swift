import JSON
import URI

/// An answer that is not what etcd's gateway would send.
struct GatewayAnswerError: Error, Hashable, CustomStringConvertible {
    let description: String
}

/// An object in an answer. The gateway leaves out members that are 0, false or empty.
struct GatewayObject {
    let value: JSONValue
    /// For errors, such as `responses[2].kvs`.
    let place: String

    init(_ value: JSONValue, at place: String = "the answer") throws(GatewayAnswerError) {
        guard value.objectValue != nil else {
            throw GatewayAnswerError(description: "\(place) is \(value.kind), not an object")
        }
        self.value = value
        self.place = place
    }

    private func present(_ name: String) -> JSONValue? {
        guard let member = value[name], !member.isNull else { return nil }
        return member
    }

    private func wrong(_ name: String, _ problem: String) -> GatewayAnswerError {
        GatewayAnswerError(description: "\(name) in \(place) \(problem)")
    }

    func object(_ name: String) throws(GatewayAnswerError) -> GatewayObject? {
        guard let member = present(name) else { return nil }
        return try GatewayObject(member, at: name)
    }

    func required(_ name: String) throws(GatewayAnswerError) -> GatewayObject {
        guard let object = try object(name) else { throw wrong(name, "is missing") }
        return object
    }

    func objects(_ name: String) throws(GatewayAnswerError) -> [GatewayObject] {
        guard let member = present(name) else { return [] }
        guard let elements = member.arrayValue else { throw wrong(name, "is not an array") }
        var objects: [GatewayObject] = []
        for (index, element) in elements.enumerated() {
            objects.append(try GatewayObject(element, at: "\(name)[\(index)]"))
        }
        return objects
    }

    func flag(_ name: String) throws(GatewayAnswerError) -> Bool {
        guard let member = present(name) else { return false }
        guard let flag = member.boolValue else { throw wrong(name, "is not a boolean") }
        return flag
    }

    /// A 64-bit number, written as a string. A double is refused: it has lost digits.
    func number<Number: FixedWidthInteger>(
        _ name: String,
        _ type: Number.Type = Int64.self
    ) throws(GatewayAnswerError) -> Number {
        let number: Number? =
            switch present(name) {
            case nil: 0
            case .string(let text)? where text.utf8.first != UInt8(ascii: "+"): Number(text)
            case .integer(let number)?: Number(exactly: number)
            case .unsigned(let number)?: Number(exactly: number)
            default: nil
            }
        guard let number else { throw wrong(name, "is not a 64-bit number") }
        return number
    }

    func revision(_ name: String) throws(GatewayAnswerError) -> Int64 {
        let revision = try number(name)
        guard revision > 0 else { throw wrong(name, "is not a revision") }
        return revision
    }

    func bytes(_ name: String) throws(GatewayAnswerError) -> [UInt8] {
        guard let member = present(name) else { return [] }
        guard let bytes = member.stringValue.flatMap(Base64.decode) else {
            throw wrong(name, "is not base64")
        }
        return bytes
    }
}

extension GatewayObject {
    /// The header that every answer has. Both numbers are never 0.
    func header() throws(GatewayAnswerError) -> (revision: Int64, clusterID: UInt64) {
        let header = try required("header")
        let clusterID = try header.number("cluster_id", UInt64.self)
        guard clusterID > 0 else { throw header.wrong("cluster_id", "is missing") }
        return (try header.revision("revision"), clusterID)
    }

    /// The keys that the operation read: no others, each once, and all of them.
    func keyValues(readBy operation: EtcdOperation) throws(GatewayAnswerError) -> [EtcdKeyValue] {
        guard try !flag("more") else { throw wrong("more", "is true without a limit") }
        var keyValues: [EtcdKeyValue] = []
        for object in try objects("kvs") {
            let keyValue = try object.keyValue()
            guard operation.reads(keyValue.key) else {
                throw object.wrong("key", "was not asked for")
            }
            if let last = keyValues.last,
                !last.key.utf8.lexicographicallyPrecedes(keyValue.key.utf8)
            {
                throw object.wrong("key", "is out of order")
            }
            keyValues.append(keyValue)
        }
        return keyValues
    }

    private func keyValue() throws(GatewayAnswerError) -> EtcdKeyValue {
        guard let key = String(validating: try bytes("key"), as: UTF8.self) else {
            throw wrong("key", "is not UTF-8; another program writes below this prefix")
        }
        return EtcdKeyValue(
            key: key,
            value: try bytes("value"),
            createRevision: try revision("create_revision"),
            modRevision: try revision("mod_revision")
        )
    }
}

extension EtcdTransaction {
    func result(of answer: JSONValue) throws(GatewayAnswerError) -> EtcdTransactionResult {
        let answer = try GatewayObject(answer)
        let header = try answer.header()
        let isSuccess = try answer.flag("succeeded")
        let operations = isSuccess ? success : failure
        let responses = try answer.objects("responses")
        guard responses.count == operations.count else {
            throw GatewayAnswerError(
                description: "\(responses.count) responses to \(operations.count) operations"
            )
        }
        var results: [[EtcdKeyValue]] = []
        for (operation, response) in zip(operations, responses) {
            let body = try response.required(operation.responseName)
            results.append(operation.isRead ? try body.keyValues(readBy: operation) : [])
        }
        return EtcdTransactionResult(
            isSuccess: isSuccess,
            revision: header.revision,
            clusterID: header.clusterID,
            results: results
        )
    }
}

extension EtcdOperation {
    /// Compares bytes as etcd does: Swift's strings are also equal if only their code points differ.
    fileprivate func reads(_ key: String) -> Bool {
        switch self {
        case .get(let wanted): key.utf8.elementsEqual(wanted.utf8)
        case .getPrefix(let prefix): key.utf8.starts(with: prefix.utf8)
        case .put, .delete: false
        }
    }

    fileprivate var responseName: String {
        switch self {
        case .put: "response_put"
        case .get, .getPrefix: "response_range"
        case .delete: "response_delete_range"
        }
    }
}

extension EtcdLease {
    init(_ answer: JSONValue) throws(GatewayAnswerError) {
        let answer = try GatewayObject(answer)
        let (id, seconds) = (try answer.number("ID"), try answer.number("TTL"))
        guard id != 0, (1...Self.maximumSeconds).contains(seconds) else {
            throw GatewayAnswerError(description: "no lease in the answer")
        }
        self.init(id: id, timeToLive: .seconds(seconds))
    }

    /// etcd's own limit.
    private static let maximumSeconds: Int64 = 9_000_000_000

    /// The time that is left after a renewal; nil if the lease has expired, which etcd tells by
    /// leaving the time out.
    static func remaining(
        _ lease: Int64,
        in answer: JSONValue
    ) throws(GatewayAnswerError) -> Duration? {
        let result = try GatewayObject(answer).required("result")
        guard try result.number("ID") == lease else {
            throw GatewayAnswerError(description: "an answer about another lease")
        }
        let seconds = try result.number("TTL")
        guard seconds <= maximumSeconds else {
            throw GatewayAnswerError(description: "a lease of \(seconds) seconds")
        }
        return seconds > 0 ? .seconds(seconds) : nil
    }
}
