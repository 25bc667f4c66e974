import JSON

/// The services' error formats, no two of which agree.
enum ErrorDocument {
    static func document(_ error: ServiceError, on route: CloudRoute, requestID: String)
        -> JSONValue
    {
        if error.code.hasPrefix("APIGW.") {
            return [
                "error_msg": .string(error.message),
                "error_code": .string(error.code),
                "request_id": .string(requestID),
            ]
        }
        switch route.service {
        case .ges: return management(error, route)
        case .dataPlane: return dataPlane(error, route)
        case .iam, .metadata: return keystone(error)
        case .cloudEye:
            return [
                "http_code": .integer(Int64(error.status)),
                "message": ["details": .string(error.message), "code": .string(error.code)],
                "encoded_authorization_message": .null,
            ]
        }
    }

    private static func management(_ error: ServiceError, _ route: CloudRoute) -> JSONValue {
        // The backup pages of v1 show v2's shape for GES.0047.
        if route.version == .v2 || error.code == ServiceError.backupMissing.code {
            return ["error_msg": .string(error.message), "error_code": .string(error.code)]
        }
        if route.operation == .listJobs {
            return ["errCode": .string(error.code), "externalMessage": .string(error.message)]
        }
        return ["errorMessage": .string(error.message), "errorCode": .string(error.code)]
    }

    private static func dataPlane(_ error: ServiceError, _ route: CloudRoute) -> JSONValue {
        switch route.operation {
        case .executeCypher:
            return [
                "results": [],
                "errors": [["code": .string(error.code), "message": .string(error.message)]],
            ]
        case .listTasks:
            return [
                "errorMessage": .string(error.message), "errorCode": .string(error.code),
                "result": "failed",
            ]
        default:
            return ["errorMessage": .string(error.message), "errorCode": .string(error.code)]
        }
    }

    /// IAM's format; the code is the HTTP status, as a number.
    private static func keystone(_ error: ServiceError) -> JSONValue {
        let title =
            switch error.status {
            case 400: "Bad Request"
            case 401: "Unauthorized"
            case 403: "Forbidden"
            case 404: "Not Found"
            default: "Internal Server Error"
            }
        return [
            "error": [
                "code": .integer(Int64(error.status)), "message": .string(error.message),
                "title": .string(title),
            ]
        ]
    }

    /// The code in an answer of any of these formats; nil if it has none.
    static func code(in document: JSONValue) -> String? {
        for name in ["errorCode", "error_code", "errCode"] {
            if let code = document[name]?.stringValue, !code.isEmpty { return code }
        }
        if let code = document["errors"]?[0]?["code"]?.stringValue { return code }
        if let code = document["message"]?["code"]?.stringValue { return code }
        return document["error"]?["code"]?.integerValue.map(String.init)
    }
}
