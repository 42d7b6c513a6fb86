// Files and folders dropped on an element, or chosen there, are sent one after the other as they lie on the disk.
window.takeDrops = (zoneId, folderId) => {
  const zone = document.getElementById(zoneId);
  const folderButton = document.getElementById(folderId);
  if (!zone || zone.takesDrops) return;
  zone.takesDrops = true;

  const walk = async (entry, path, found) => {
    if (entry.isFile) {
      const file = await new Promise((done, failed) => entry.file(done, failed));
      found.push([path + file.name, file]);
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed)); // a hundred at a time
      if (!some.length) return;
      for (const inner of some) await walk(inner, path + entry.name + "/", found);
    }
  };

  const send = async (files) => {
    if (!files.length) return;
    const drop = Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
    let error = "";
    zone.classList.add("app-drop-busy");
    try {
      for (const [name, file] of files) {
        const answer = await fetch("/drop/" + drop, {
          method: "POST", body: file, headers: { "x-name": encodeURIComponent(name) },
        });
        if (!answer.ok) {
          error = (await answer.json()).error;
          break;
        }
      }
    } catch (problem) {
      error = "the files could not be sent: " + problem.message;
    }
    zone.classList.remove("app-drop-busy");
    zone.dispatchEvent(new CustomEvent("dropped", { detail: { drop, error } }));
  };

  const choose = (folder) => {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.webkitdirectory = folder;
    input.onchange = () => send([...input.files].map((file) => [file.webkitRelativePath || file.name, file]));
    input.click();
  };

  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("app-drop-over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("app-drop-over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("app-drop-over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    const found = [];
    for (const entry of entries) await walk(entry, "", found);
    await send(found);
  });
  zone.addEventListener("click", (event) => choose(folderButton.contains(event.target)));
  zone.addEventListener("keydown", (event) => {
    if (event.target === zone && (event.key === "Enter" || event.key === " ")) choose(false);
  });
};
