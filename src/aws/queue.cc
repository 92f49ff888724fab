#include "aws/queue.h"

#include "aws/spelled_out.h"

namespace cadastre::aws {
namespace {

Error error_of(CallError&& problem, const std::string& url) {
  auto error = std::move(problem.error);
  if (problem.service.code.find("NonExistentQueue") != std::string::npos ||
      problem.service.code == "QueueDoesNotExist") {
    error.code = ErrorCode::not_found;
    error.message = fmt::format("there is no queue {}", url);
  }
  return error;
}

int64_t seconds(Millis time) { return std::chrono::ceil<std::chrono::seconds>(time).count(); }

}  // namespace

Call Queue::call(std::string_view operation, json::object input) const {
  input["QueueUrl"] = url_;
  Call call;
  call.service = &message_calls();
  call.operation = message_calls().operation(operation);
  call.region = region_;
  call.input = std::move(input);
  return call;
}

Result<std::vector<QueueMessage>> Queue::receive(Millis wait, Millis hidden, std::stop_token stop) const {
  auto answer = client_->call(
      session_,
      call("ReceiveMessage",
           {{"MaxNumberOfMessages", 10}, {"WaitTimeSeconds", seconds(wait)}, {"VisibilityTimeout", seconds(hidden)}}),
      stop);
  if (!answer) return std::unexpected(error_of(std::move(answer).error(), url_));
  std::vector<QueueMessage> messages;
  if (auto* list = answer->as_object().if_contains("Messages"); list && list->is_array()) {
    for (const auto& entry : list->get_array()) {
      const auto& message = entry.as_object();
      messages.push_back(
          {member_text(message, "MessageId"), member_text(message, "ReceiptHandle"), member_text(message, "Body")});
    }
  }
  return messages;
}

Result<void> Queue::remove(const QueueMessage& message, std::stop_token stop) const {
  auto answer = client_->call(session_, call("DeleteMessage", {{"ReceiptHandle", message.handle}}), stop);
  if (!answer) return std::unexpected(error_of(std::move(answer).error(), url_));
  return {};
}

}  // namespace cadastre::aws
