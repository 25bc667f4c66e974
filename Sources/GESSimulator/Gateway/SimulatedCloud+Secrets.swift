extension SimulatedCloud {
    /// Every secret that this cloud knows, issued or received: passwords, keys, tokens, signatures.
    /// Tests search for them where they must not appear.
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
    /// What real gateways have been observed to repeat in errors: the credential, or the body with
    /// the password.
    var quotation: String {
        let names = ["X-Auth-Token", "X-Security-Token", "X-Metadata-Token", "Authorization"]
        let quoted = names.compactMap { name in header(name).map { "\(name): \($0)" } }
        let text = String(decoding: body, as: UTF8.self)
        return (quoted + (text.isEmpty ? [] : ["body: \(text)"])).joined(separator: ", ")
    }
}
