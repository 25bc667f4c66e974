import JSON

/// IAM: tokens by password, and the projects of a region.
extension SimulatedCloud {
    private static let bodyInvalid = ServiceError(
        status: 400,
        code: "IAM.0011",
        message: "The request body is invalid"
    )

    mutating func performIdentity(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        switch exchange.route.operation {
        case .createToken: return try createToken(exchange)
        case .listProjects:
            if let refusal = credentialRefusal(exchange) { throw refusal }
            return listProjects(named: exchange.request.parameter("name"))
        default: throw .noSuchInterface
        }
    }

    private mutating func createToken(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer
    {
        let auth = try exchange.request.document()["auth"]
        guard let identity = auth?["identity"],
            identity["methods"]?.arrayValue?.contains("password") == true,
            let user = identity["password"]?["user"],
            let name = user["name"]?.stringValue,
            let domain = user["domain"]?["name"]?.stringValue,
            let password = user["password"]?.stringValue,
            let project = auth?["scope"]?["project"]
        else { throw Self.bodyInvalid }
        guard isOurs(project) else {
            throw ServiceError(
                status: 404,
                code: "IAM.0004",
                message: "Could not find the project."
            )
        }
        let token: IdentityService.Token
        do throws(IdentityService.Refusal) {
            token = try self.identity.issue(
                domain: domain,
                user: name,
                password: password,
                trueLife: exchange.faults.tokenLife,
                at: exchange.now,
                with: &random.credentials
            )
        } catch {
            throw Self.refusal(error)
        }
        return CloudAnswer(
            201,
            .json(document(of: token)),
            headers: [("X-Subject-Token", token.text)]
        )
    }

    private static func refusal(_ refusal: IdentityService.Refusal) -> ServiceError {
        switch refusal {
        case .wrongPassword:
            ServiceError(
                status: 401,
                code: "IAM.0062",
                message: "The username or password is wrong."
            )
        case .locked:
            ServiceError(status: 401, code: "IAM.0061", message: "Account locked.")
        }
    }

    /// A project is identified by its id or by its name, which is the region's.
    private func isOurs(_ project: JSONValue) -> Bool {
        if let id = project["id"]?.stringValue { return id == configuration.projectID }
        return project["name"]?.stringValue == configuration.region
    }

    private func document(of token: IdentityService.Token) -> JSONValue {
        let domain: JSONValue = [
            "id": .string(domainID), "name": .string(configuration.domain),
        ]
        return [
            "token": [
                "catalog": [],
                "expires_at": .string(token.expires.withMicroseconds),
                "issued_at": .string(token.issued.withMicroseconds),
                "methods": ["password"],
                "project": [
                    "domain": domain, "id": .string(configuration.projectID),
                    "name": .string(configuration.region),
                ],
                "roles": [["id": "0", "name": "te_admin"]],
                "user": [
                    "domain": domain, "id": "7116d09f88fa41908676fdd4b039e95b",
                    "name": .string(configuration.user), "password_expires_at": "",
                ],
            ]
        ]
    }

    private func listProjects(named name: String?) -> CloudAnswer {
        let isAsked = name == nil || name == configuration.region
        let project: JSONValue = [
            "id": .string(configuration.projectID), "name": .string(configuration.region),
            "domain_id": .string(domainID), "parent_id": .string(domainID), "enabled": true,
            "is_domain": false, "description": "",
        ]
        return CloudAnswer(["projects": .array(isAsked ? [project] : [])])
    }

    private var domainID: String { "d78cbac186b744899480f25bd022f468" }
}
