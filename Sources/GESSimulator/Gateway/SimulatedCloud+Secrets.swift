extension SimulatedCloud {
    /// Every secret that this cloud knows, gave out or was shown: passwords, keys, tokens, signatures.
    /// For tests that look for them where they must not be.
    package var secrets: Set<String> {
        var secrets: Set = [
            configuration.password, identity.password, configuration.accessKey,
            configuration.secretKey,
        ]
        secrets.formUnion(identity.issuedTokens)
        secrets.formUnion(metadataTokens.keys)
        for key in keys.temporary {
            secrets.formUnion([key.accessKey, key.secretKey, key.securityToken])
        }
        secrets.formUnion(log.records.compactMap(\.signature))
        return secrets
    }
}

extension CloudRequest {
    /// What gateways have been seen to repeat in their errors: the credential, or the body that held
    /// the password.
    var quotation: String {
        let names = ["X-Auth-Token", "X-Security-Token", "X-Metadata-Token", "Authorization"]
        let quoted = names.compactMap { name in header(name).map { "\(name): \($0)" } }
        let text = String(decoding: body, as: UTF8.self)
        return (quoted + (text.isEmpty ? [] : ["body: \(text)"])).joined(separator: ", ")
    }
}
