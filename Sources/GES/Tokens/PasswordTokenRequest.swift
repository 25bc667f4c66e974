import JSON

/// The body of an IAM token request.
struct PasswordTokenRequest {
    let domain: String
    let user: String
    let password: Secret
    let project: String

    func body() throws(GESError) -> [UInt8] {
        let account: JSONValue = [
            "domain": ["name": .string(domain)], "name": .string(user),
            "password": .string(password.revealed),
        ]
        let identity: JSONValue = ["methods": ["password"], "password": ["user": account]]
        let scope: JSONValue = ["project": ["id": .string(project)]]
        do {
            let document: JSONValue = ["auth": ["identity": identity, "scope": scope]]
            return try document.serialized()
        } catch {
            throw .unexpected("cannot encode the token request: \(error)")
        }
    }
}
