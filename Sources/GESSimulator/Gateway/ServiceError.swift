/// A refusal with the HTTP status, code and message from the service's documentation. The dialect
/// decides the format of the body.
package struct ServiceError: Error, Hashable, Sendable {
    package var status: Int
    package var code: String
    package var message: String

    package init(status: Int, code: String, message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    init(_ code: String, _ message: String, status: Int = 400) {
        self.init(status: status, code: code, message: message)
    }
}

/// Errors of the management plane.
extension ServiceError {
    static let parameterIncorrect = ServiceError("GES.0001", "Incorrect parameter.")
    static let graphMissing = ServiceError(
        "GES.7000",
        "The graph does not exist or has been deleted."
    )
    static let graphNotRunning = ServiceError("GES.7001", "The graph is not running.")
    static let graphBeingBackedUp = ServiceError("GES.7002", "The graph is being backed up.")
    static let graphStopped = ServiceError(
        "GES.7003",
        "The graph is being stopped or is stopped."
    )
    static let requestInvalid = ServiceError("GES.7016", "The request is invalid.")
    static let graphNotStopped = ServiceError("GES.7037", "The graph is not in the Stopped state.")
    static let graphBeingCreated = ServiceError("GES.7042", "The graph is being created.")
    static let operationInvalid = ServiceError("GES.7048", "Invalid graph operation.")
    static let graphDeleted = ServiceError(
        "GES.7054",
        "The graph is being deleted or has been deleted."
    )
    static let backupMissing = ServiceError(
        "GES.0047",
        "Cluster does not exist or has been deleted.",
        status: 404
    )

    static func jobMissing(_ id: String) -> ServiceError {
        ServiceError("GES.8301", "can not find job, jobId is \(id)")
    }
}

/// Errors of the data plane.
extension ServiceError {
    static let accessInvalid = ServiceError("GES.8006", "Invalid resource access.")
    static let tokenInvalid = ServiceError("GES.8007", "Invalid token.")
    static let gremlinWithoutCommand = ServiceError(
        "GES.8505",
        "The Gremlin query statement does not contain the command field."
    )
    static let bodyIncorrect = ServiceError("GES.8000", "Incorrect parameter format.")

    static func graphNotFound(_ name: String) -> ServiceError {
        ServiceError("GES.8001", "graph [\(name)] is not found")
    }

    static let unsupportedByVersion = ServiceError(
        "GES.8000",
        "The version of the graph does not support this API.",
        status: 404
    )

    static let cancelUnsupported = ServiceError("GES.8303", "Unsupported Operation")

    static func nothingToCancel(_ id: String) -> ServiceError {
        ServiceError("GES.8303", "can not find job to cancel, id is \(id)")
    }

    static let engineUnavailable = ServiceError(
        "GES.8602",
        "Engine service unavailable.",
        status: 500
    )
}

/// Errors of the gateway in front of the management plane.
extension ServiceError {
    static let noSuchInterface = ServiceError(
        "APIGW.0101",
        "The API does not exist or has not been published in the environment",
        status: 404
    )

    /// The documented tails: `verify aksk signature fail`, `decrypt token fail` and others.
    static func authenticationIncorrect(_ tail: String) -> ServiceError {
        ServiceError(
            "APIGW.0301",
            "Incorrect IAM authentication information: \(tail)",
            status: 401
        )
    }
}
