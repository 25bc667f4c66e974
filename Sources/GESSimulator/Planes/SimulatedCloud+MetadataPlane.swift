import JSON
import Time

/// The metadata service that an ECS reaches at 169.254.169.254.
extension SimulatedCloud {
    private static let tokenLifeMaximum: Int64 = 21_600
    private static let tokensMaximum = 1000

    mutating func performMetadata(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        switch exchange.route.operation {
        case .createMetadataToken: return try createMetadataToken(exchange)
        case .showSecurityKey: return try showSecurityKey(exchange)
        default: throw ServiceError(status: 404, code: "", message: "404 Not Found")
        }
    }

    /// The answer is the bare token.
    private mutating func createMetadataToken(
        _ exchange: CloudExchange
    ) throws(ServiceError) -> CloudAnswer {
        guard let text = exchange.request.header("X-Metadata-Token-Ttl-Seconds"),
            let life = Int64(text), (1...Self.tokenLifeMaximum).contains(life)
        else { throw ServiceError(status: 400, code: "", message: "Bad token life") }
        metadataTokens = metadataTokens.filter { exchange.now < $0.value }
        guard metadataTokens.count < Self.tokensMaximum else {
            throw ServiceError(status: 503, code: "", message: "Too many tokens")
        }
        let token = random.credentials.hexadecimal(56)
        metadataTokens[token] = exchange.now + .seconds(life)
        return CloudAnswer(200, .bytes(Array(token.utf8), contentType: "text/plain"))
    }

    /// The token is optional, as on a server that does not enforce it; a wrong one is refused.
    private mutating func showSecurityKey(
        _ exchange: CloudExchange
    ) throws(ServiceError) -> CloudAnswer {
        if let token = exchange.request.header("X-Metadata-Token") {
            guard let dies = metadataTokens[token], exchange.now < dies else {
                throw ServiceError(status: 401, code: "", message: "Invalid metadata token")
            }
        }
        guard configuration.hasMetadataAgency else {
            throw ServiceError(
                status: 401,
                code: "",
                message: "Please configure Cloud Service Agency first"
            )
        }
        let key = keys.currentTemporary(at: exchange.now, with: &random.credentials)
        return CloudAnswer([
            "credential": [
                "access": .string(key.accessKey), "secret": .string(key.secretKey),
                "securitytoken": .string(key.securityToken),
                "expires_at": .string(key.expires.withMicroseconds),
            ]
        ])
    }
}
