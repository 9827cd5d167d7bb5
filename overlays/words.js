/** The Japanese words of the pages; the English ones stand in the HTML and as the keys below. */

const JAPANESE = {
  "VTuber bot": "VTuberボット",
  "Chat page": "チャットページ",
  "Start page": "スタートページ",
  "Overlay": "オーバーレイ",
  "Connecting…": "接続中…",
  "Connected": "接続済み",
  "Paused": "一時停止中",
  "Connection lost, trying again…": "接続が切れました。再接続しています…",
  "Chat": "チャット",
  "Comments of viewers and what the character answers appear here.":
    "視聴者のコメントとキャラクターの返事がここに表示されます。",
  "Newest ↓": "最新へ ↓",
  "What viewers see": "視聴者に見える画面",
  "Background of the preview": "プレビューの背景",
  "Bright": "明るい",
  "Dark": "暗い",
  "Checks": "市松模様",
  "Name": "名前",
  "Role": "役割",
  "Viewer": "視聴者",
  "Member": "メンバー",
  "Moderator": "モデレーター",
  "With": "添えるもの",
  "No tip": "なし",
  "New member": "新メンバー",
  "Member for 12 months": "メンバー歴12か月",
  "5 memberships given": "メンバーシップギフト5個",
  "Think shorter or longer: low, medium, high": "考える長さを変える: low, medium, high",
  "Broadcaster": "配信者",
  "Write in the chat": "チャットに書き込む",
  "Comment": "コメント",
  "Say something to the character": "キャラクターに話しかけてみましょう",
  "Send": "送信",
  "Commands": "コマンド",
  "Stop answering until !resume": "!resume まで返事を止める",
  "Answer again": "返事を再開する",
  "Stop this reply and go on to the next": "この返事をやめて次へ進む",
  "Take everything off the screen": "画面の表示をすべて消す",
  "Show how the bot is doing": "ボットの状態を表示する",
  "Only a moderator or the broadcaster can give commands.":
    "コマンドを使えるのはモデレーターと配信者だけです。",
  "This page is not signed in. Open the chat page with the address that the bot printed in the terminal.":
    "このページはサインインしていません。ボットがターミナルに表示したアドレスでチャットページを開いてください。",
  "The bot did not answer. Check that it is running, then send again.":
    "ボットが応答しません。起動していることを確認して、もう一度送信してください。",
  "The bot refused the comment.": "ボットがコメントを受け付けませんでした。",
  "taken off the screen": "画面から消しました",
  "Let in": "承認",
  "In a moment": "まもなく表示",
  "not shown to viewers": "視聴者には表示されません",
  "deleted by a moderator": "モデレーターが削除しました",
  "to": "返信先",
  "A character that reads your chat and answers your viewers, live.":
    "チャットを読んで、配信中に視聴者へ返事をするキャラクターです。",
  "Try the character": "キャラクターと話してみる",
  "Write as a viewer or as a moderator, and watch the answer as it will look on stream.":
    "視聴者やモデレーターとして書き込み、返事が配信でどう見えるかを確かめられます。",
  "Open the chat page": "チャットページを開く",
  "Show it in OBS": "OBSに表示する",
  "In OBS, under Sources, choose + and then Browser.":
    "OBSの「ソース」で「+」を押し、「ブラウザ」を選びます。",
  "Enter this address as the URL:": "URLに次のアドレスを入力します。",
  "Copy": "コピー",
  "Copied": "コピーしました",
  "Width 1920, height 1080; for a 720p stream, 1280 and 720.":
    "幅1920、高さ1080。720pの配信では1280と720にします。",
  "Start the bot before OBS. If the overlay stays empty, select the source and press Refresh.":
    "OBSより先にボットを起動してください。何も表示されないときは、ソースを選んで「再読み込み」を押します。",
  "Choose how it looks": "見た目を選ぶ",
  "Place, size, colours: for a wide frame and an upright one.":
    "位置、大きさ、色。横長の画面にも縦長の画面にも。",
  "How the overlay looks": "オーバーレイの見た目",
  "Theme": "テーマ",
  "Language": "言語",
  "As the character speaks": "キャラクターと同じ",
  "Mood": "気分",
  "None": "なし",
  "Place": "位置",
  "Size": "大きさ",
  "Width": "幅",
  "Font": "フォント",
  "A font of the machine that OBS runs on": "OBSのパソコンにあるフォント",
  "Colour": "色",
  "Paper": "紙の色",
  "Words": "文字の色",
  "Opacity": "不透明度",
  "Face": "顔",
  "On the left": "左",
  "On the right": "右",
  "Volume of the voice": "声の大きさ",
  "Volume of the sound": "効果音の大きさ",
  "Click to hear the character": "クリックすると声が聞こえます",
  "Whose voice it is": "声のクレジット",
  "Name whoever lent it, in the description of your stream:": "配信の概要欄に、声の提供元を書いてください：",
  "Voice": "声",
  "Hear the character on this page": "このページで声を聞く",
  "Show the comments that are answered": "返事をするコメントを表示する",
  "Show that the character is thinking": "考え中であることを表示する",
  "As it was": "元に戻す",
  "A picture of yours": "自分の画像",
  "Upright, for phones": "縦長(スマートフォン)",
  "While thinking": "考えているとき",
  "top-left": "左上",
  "top": "上",
  "top-right": "右上",
  "left": "左",
  "center": "中央",
  "right": "右",
  "bottom-left": "左下",
  "bottom": "下",
  "bottom-right": "右下",
  "Look at the overlay": "オーバーレイを見る",
  "It is transparent, and empty until the character speaks.":
    "背景は透明で、キャラクターが話すまで何も表示されません。",
};

/** The language of the page's own words: `ja` or `en`. */
export const LANGUAGE = navigator.language.startsWith("ja") ? "ja" : "en";

/**
 * A phrase in the language of the page.
 *
 * @param {string} english
 * @returns {string}
 */
export function say(english) {
  return (LANGUAGE === "ja" && JAPANESE[english]) || english;
}

/** Put the whole page into its language: marked texts, labels, titles and placeholders. */
export function translatePage() {
  document.documentElement.lang = LANGUAGE;
  document.title = document.title.split(" · ").map(say).join(" · ");
  for (const node of document.querySelectorAll("[data-say]")) {
    node.textContent = say(node.textContent.trim().replace(/\s+/g, " "));
  }
  for (const name of ["aria-label", "placeholder", "title"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) {
      node.setAttribute(name, say(node.getAttribute(name)));
    }
  }
}
