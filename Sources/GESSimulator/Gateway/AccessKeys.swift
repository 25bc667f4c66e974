import Time

/// The access keys that the cloud knows (the permanent one and those issued by the metadata
/// service) and the verification of signed requests.
struct AccessKeys: Sendable {
    struct Temporary: Hashable, Sendable {
        let accessKey: String
        let secretKey: String
        let securityToken: String
        let issued: Timestamp
        let expires: Timestamp
    }

    let permanent: (accessKey: String, secretKey: String)
    private(set) var temporary: [Temporary] = []
    private var failures: [String: (count: Int, last: Timestamp)] = [:]

    /// A request's X-Sdk-Date may differ from the gateway's clock by this much.
    private static let skewMaximum: Duration = .seconds(15 * 60)
    /// After more than five consecutive failures a key is refused for five minutes.
    private static let failuresMaximum = 5
    private static let blockDuration: Duration = .seconds(5 * 60)
    /// Temporary keys are replaced when fewer than six of their 24 hours are left; both are then
    /// valid.
    private static let temporaryLife: Duration = .seconds(24 * 3600)
    private static let renewalMargin: Duration = .seconds(6 * 3600)

    init(accessKey: String, secretKey: String) {
        permanent = (accessKey, secretKey)
    }

    /// The key that the metadata service returns now.
    mutating func currentTemporary(
        at now: Timestamp,
        with generator: inout SeededGenerator
    ) -> Temporary {
        temporary.removeAll { $0.expires <= now }
        if let last = temporary.last, last.expires - Self.renewalMargin > now { return last }
        let fresh = Temporary(
            accessKey: generator.hexadecimal(20).uppercased(),
            secretKey: generator.hexadecimal(40),
            securityToken: generator.token(bytes: 800),
            issued: now,
            expires: now + Self.temporaryLife
        )
        temporary.append(fresh)
        return fresh
    }

    /// Revokes the keys issued by the metadata service.
    mutating func revokeTemporary() {
        temporary = []
    }

    /// Returns nil if the signature is valid.
    mutating func refusal(
        of signature: RequestSignature,
        on request: CloudRequest,
        at now: Timestamp
    ) -> ServiceError? {
        let key = signature.accessKey
        if let failed = failures[key], failed.count > Self.failuresMaximum,
            now < failed.last + Self.blockDuration
        {
            return .authenticationIncorrect("AK access failed to reach the limit,forbidden.")
        }
        let refusal = check(signature, on: request, at: now)
        if refusal == nil {
            failures[key] = nil
        } else if secret(of: key, request, at: now) != nil {
            failures[key, default: (0, now)].count += 1
            failures[key]?.last = now
        }
        return refusal
    }

    private func check(
        _ signature: RequestSignature,
        on request: CloudRequest,
        at now: Timestamp
    ) -> ServiceError? {
        guard let date = request.header("X-Sdk-Date"),
            let signed = Timestamp(iso8601Basic: date), signature.signsEnough
        else { return .authenticationIncorrect("verify aksk signature fail") }
        guard let secretKey = secret(of: signature.accessKey, request, at: now) else {
            return .authenticationIncorrect(
                "Get secretKey failed,ak:\(signature.accessKey),err:ak not exist"
            )
        }
        guard (now - Self.skewMaximum...now + Self.skewMaximum).contains(signed) else {
            return .authenticationIncorrect(
                "verify aksk signature fail, the signature expired, x-sdk-date: \(date)"
            )
        }
        guard signature.matches(request, secretKey: secretKey, date: date) else {
            return .authenticationIncorrect("verify aksk signature fail")
        }
        return nil
    }

    /// A temporary key is valid only together with its security token.
    private func secret(
        of accessKey: String,
        _ request: CloudRequest,
        at now: Timestamp
    ) -> String? {
        if accessKey == permanent.accessKey { return permanent.secretKey }
        let token = request.header("X-Security-Token")
        return temporary.first {
            $0.accessKey == accessKey && $0.securityToken == token && now < $0.expires
        }?.secretKey
    }
}
