import JSON
import Time

/// The effect of faults on an answer.
extension CloudExchange {
    /// The answer sent instead of the true one. `answer` is nil if the request was not carried out.
    func distorted(_ answer: CloudAnswer?) -> CloudAnswer {
        guard let fault = faults[.answer] else {
            return answer ?? CloudAnswer(504, .empty)
        }
        return replacement(fault) ?? altered(answer ?? CloudAnswer(504, .empty), by: fault)
    }

    /// For faults that replace the answer.
    private func replacement(_ fault: Fault) -> CloudAnswer? {
        switch fault {
        case .error(let error): return refusal(error)
        case .throttled(let retryAfter): return throttled(retryAfter)
        case .html(let status):
            let page =
                "<html><head><title>\(status)</title></head><body><h1>Error \(status)</h1>"
                + "<p>The proxy could not serve this request.</p></body></html>\n"
            return CloudAnswer(status, .bytes(Array(page.utf8), contentType: "text/html"))
        case .emptyBody(let status): return CloudAnswer(status, .empty)
        case .garbage(let status):
            let bytes: [UInt8] = [0x00, 0xFF, 0x7B, 0x22, 0xC3, 0x28, 0x0A, 0x1B, 0x5D, 0x80]
            return CloudAnswer(status, .bytes(bytes, contentType: "application/json"))
        case .redirect(let target):
            return CloudAnswer(302, .empty, headers: [("Location", target)])
        case .quoting(let status):
            var error = ServiceError.authenticationIncorrect(
                "decrypt token fail, \(request.quotation)"
            )
            error.status = status
            return refusal(error)
        case .errorInSuccess(var error):
            error.status = 200
            return refusal(error)
        default: return nil
        }
    }

    private func throttled(_ retryAfter: Fault.RetryAfter?) -> CloudAnswer {
        let isCloudEye = route.service == .cloudEye
        var answer = refusal(
            ServiceError(
                isCloudEye ? "ces.0429" : "APIGW.0308",
                isCloudEye
                    ? "Too Many Requests"
                    : "The throttling threshold has been reached: policy user over ratelimit",
                status: 429
            )
        )
        switch retryAfter {
        case .seconds(let seconds): answer.headers.append(("Retry-After", String(seconds)))
        case .date(let delay):
            answer.headers.append(("Retry-After", (wrongNow + delay).httpDate))
        case nil: break
        }
        return answer
    }

    /// For faults that alter the true answer.
    private func altered(_ answer: CloudAnswer, by fault: Fault) -> CloudAnswer {
        var answer = answer
        let document = answer.document ?? [:]
        switch fault {
        case .truncated:
            let text = (try? document.serialized()) ?? []
            let half = Array(text.prefix(max(1, text.count / 2)))
            answer.body = .bytes(half, contentType: "application/json")
        case .emptyObject where answer.status < 300: answer.body = .json([:])
        case .looseTypes: answer.body = .json(document.withLooseTypes())
        case .wrongTypes: answer.body = .json(document.withWrongTypes())
        case .nulls: answer.body = .json(document.withNulls())
        case .padded(let bytes):
            answer.body = .bytes(document.padded(with: bytes), contentType: "application/json")
        case .gzipBomb(let bytes):
            answer.body = .gzipBomb(inflatedBytes: bytes)
            answer.headers.append(("Content-Encoding", "gzip"))
            answer.isVerbatim = true
        default: break
        }
        return answer
    }

    func delivered(_ answer: CloudAnswer) -> CloudReply {
        switch faults[.delivery] {
        case .late(let delay): .late(answer, delay)
        case .hang, .delayed: .never
        case .drop: .close
        case .cut(let bytes): .cut(answer, bodyBytes: bytes)
        case .drip(let bytesPerSecond): .drip(answer, bytesPerSecond: bytesPerSecond)
        default: .answer(answer)
        }
    }
}

extension JSONValue {
    /// The text of an object whose first member has `count` bytes. It is assembled from bytes
    /// because serializing such a string as JSON would delay the simulation.
    func padded(with count: Int) -> [UInt8] {
        let rest = (try? serialized()) ?? []
        let separator = objectValue?.isEmpty ?? true ? "\"" : "\","
        return Array("{\"padding\":\"".utf8)
            + [UInt8](repeating: UInt8(ascii: "x"), count: max(0, count))
            + Array(separator.utf8) + rest.dropFirst()
    }

    /// Changes observed in real answers: `"200"` as 200, 1 as `"1"`, true as `"true"`.
    func withLooseTypes() -> JSONValue {
        switch self {
        case .string(let text):
            if let number = Int64(text) { return .integer(number) }
            switch text {
            case "true": return true
            case "false": return false
            default: return self
            }
        case .integer(let number): return .string(String(number))
        case .bool(let flag): return .string(flag ? "true" : "false")
        case .array(let elements): return .array(elements.map { $0.withLooseTypes() })
        case .object(let members):
            return .object(members.map { JSONMember($0.name, $0.value.withLooseTypes()) })
        case .null, .unsigned, .double: return self
        }
    }

    /// Changes that no service should make: swapped containers, text in an array.
    func withWrongTypes() -> JSONValue {
        switch self {
        case .array(let elements):
            .object(
                elements.enumerated().map { JSONMember(String($0.offset), $0.element) }
            )
        case .object(let members):
            .object(members.map { JSONMember($0.name, $0.value.withWrongTypes()) })
        case .string(let text): .array([.string(text)])
        case .integer, .unsigned, .double: [:]
        case .bool, .null: .integer(-1)
        }
    }

    /// The structure of the answer with every value null.
    func withNulls() -> JSONValue {
        switch self {
        case .array(let elements): .array(elements.map { $0.withNulls() })
        case .object(let members):
            .object(members.map { JSONMember($0.name, $0.value.withNulls()) })
        case .string, .integer, .unsigned, .double, .bool, .null: .null
        }
    }
}
