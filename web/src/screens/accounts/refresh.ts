// Asks for a collection: of everything, or of what is selected.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { resourcePath } from "@/api/address";
import { send } from "@/api/client";
import { sentence } from "@/session/SignIn";
import { toast } from "@/ui/toasts";

export interface Selection {
  accounts?: string[];
  regions?: string[];
  kinds?: string[];
}

export function useRefresh() {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: (asked: Selection | string) =>
      typeof asked === "string"
        ? send<{ run: number }>("POST", resourcePath(asked, "/refresh"))
        : send<{ run: number }>("POST", "runs", asked),
    onSuccess: () => {
      toast("The collection has been asked for");
      void client.invalidateQueries({ queryKey: ["runs"] });
    },
    onError: (error) => toast(sentence(error), "bad"),
  });
  return { start: (asked: Selection | string) => mutation.mutate(asked), pending: mutation.isPending };
}
