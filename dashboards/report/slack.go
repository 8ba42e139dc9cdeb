package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// What Slack takes of a message by an incoming webhook.
const (
	maxBlocks      = 50
	maxBlockText   = 3000
	maxHeaderText  = 150
	maxSlackFields = 6 // items or figures of one section; the dashboards have all
)

// block is a block of Slack's Block Kit.
type block struct {
	Type     string      `json:"type"`
	Text     *slackText  `json:"text,omitempty"`
	Elements []slackText `json:"elements,omitempty"`
}

type slackText struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// slackMessage is what a webhook is sent.
type slackMessage struct {
	Text   string  `json:"text"` // of notifications
	Blocks []block `json:"blocks"`
	Unfurl bool    `json:"unfurl_links"`
}

// Slack lays a report out as a message for an incoming webhook.
func (r *Report) Slack() ([]byte, error) {
	l := newLetter(r, false).atMost(maxSlackFields)
	m := slackMessage{Text: mrkdwn(clip(l.Subject, 300))}
	m.Blocks = append(m.Blocks, block{Type: "header", Text: &slackText{"plain_text", clip(l.Heading, maxHeaderText)}},
		block{Type: "context", Elements: []slackText{{"mrkdwn", mrkdwn(l.Under)}}},
		section1("*"+mrkdwn(l.Gist)+"*"))
	for _, s := range l.Sections {
		m.Blocks = append(m.Blocks, block{Type: "divider"})
		m.Blocks = append(m.Blocks, s.slack()...)
	}
	foot := mrkdwn(strings.Join(l.Foot, " "))
	if l.Home != "" {
		foot += " " + slackLink(l.Home, "Open the dashboards")
	}
	end := block{Type: "context", Elements: []slackText{{"mrkdwn", foot}}}
	m.Blocks = append(m.Blocks[:min(len(m.Blocks), maxBlocks-1)], end)
	return json.Marshal(m)
}

// slack lays a section out, in as few blocks as its length allows. Lines are never cut in two: half an escape would be
// markup.
func (s section) slack() (list []block) {
	lines := []string{"*" + mrkdwn(s.Title) + "*"}
	for _, f := range s.Figures {
		lines = append(lines, "• "+slackLink(f.Href, f.Title)+": *"+mrkdwn(f.Value)+"*")
		for _, beside := range f.Beside {
			if beside != "" {
				lines = append(lines, "      "+mrkdwn(beside))
			}
		}
	}
	for i, it := range s.Items {
		mark := "• "
		if s.Numbers {
			mark = strconv.Itoa(i+1) + ". "
		}
		lines = append(lines, mark+slackLink(it.Href, it.Text)+mrkdwn(it.After))
		for _, below := range it.Lines {
			lines = append(lines, "      "+slackLink(below.Href, below.Text)+mrkdwn(below.After))
		}
	}
	if len(s.Figures)+len(s.Items) == 0 && s.Empty != "" {
		lines = append(lines, mrkdwn(s.Empty))
	}
	for _, note := range s.Notes {
		lines = append(lines, mrkdwn(note))
	}
	text := ""
	for _, line := range lines {
		if len(line) > maxBlockText {
			continue // nothing but an address can be so long
		}
		if len(text)+1+len(line) > maxBlockText {
			list, text = append(list, section1(text)), ""
		}
		text = strings.TrimPrefix(text+"\n"+line, "\n")
	}
	return append(list, section1(text))
}

func section1(text string) block { return block{Type: "section", Text: &slackText{"mrkdwn", text}} }

// slackLink is a link, or plain text where there is no address.
func slackLink(href, text string) string {
	if href == "" || len(href) > 1000 {
		return mrkdwn(text)
	}
	return "<" + strings.NewReplacer("|", "%7C", "<", "%3C", ">", "%3E", " ", "%20").Replace(href) + "|" + mrkdwn(text) + ">"
}

// mrkdwn escapes what Slack would take for markup, a mention or a link. The marks of its format have no escape: a word
// joiner beside each keeps it from being one.
func mrkdwn(s string) string {
	const joiner = "\u2060"
	s = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", " ", "\r", " ",
		"*", joiner+"*"+joiner, "_", joiner+"_"+joiner, "~", joiner+"~"+joiner, "`", joiner+"`"+joiner).Replace(s)
	return s
}

// slack posts a report to a webhook. The address of the webhook is a secret, and in no error.
func (p *Post) slack(ctx context.Context, to Recipient, r *Report, begin func() error) error {
	message, err := r.Slack()
	if err != nil {
		return permanent(err)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.Webhook, bytes.NewReader(message))
	if err != nil {
		return permanent(errors.New("the address of the webhook of " + to.Name + " is no URL"))
	}
	request.Header.Set("Content-Type", "application/json")
	wrote := false
	request = request.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { wrote = true }}))
	if err := begin(); err != nil {
		return err
	}
	answer, err := p.web().Do(request)
	if err != nil {
		var address *url.Error
		if errors.As(err, &address) {
			err = address.Err
		}
		if wrote {
			return uncertain(err)
		}
		return temporary(err)
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(answer.Body, 200))
	switch err := fmt.Errorf("slack answered %s %s", answer.Status, clip(string(said), 100)); {
	case answer.StatusCode/100 == 2:
		return nil
	case answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode/100 == 5:
		return temporary(err)
	default:
		return permanent(err)
	}
}

// web is the client that posts. It follows no redirection: the message is for the webhook alone.
func (p *Post) web() *http.Client {
	if p.Web != nil {
		return p.Web
	}
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
